using System.Text;
using Dilaton.Core;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest.Files;

public sealed class PipeTests
{
    private const int NonBlocking = 0x800;
    private const int CapacityBytes = 64 << 10;

    [Fact]
    public void Read_BlocksUntilSomebodyWrites()
    {
        using FileSandbox box = new();
        (long reading, long writing) = CreatePipe(box);
        ulong buffer = box.Allocate(16);
        FakeCall call = box.Prepare((ulong)reading, buffer, 16);
        Waiter waiter = new();

        SystemCallResult first = box.Start(call, 0);
        first.Wait.ShouldNotBeNull();
        waiter.Enter(first.Wait);
        box.Write(writing, "data").ShouldBe(4);

        waiter.IsWoken.ShouldBeTrue();
        call.Retry = true;
        box.Start(call, 0).Value.ShouldBe(4);
        Encoding.ASCII.GetString(box.Get(buffer, 4)).ShouldBe("data");
    }

    [Fact]
    public void LastWriterGone_IsEndOfFile()
    {
        using FileSandbox box = new();
        (long reading, long writing) = CreatePipe(box);
        long copy = box.Call(32, (ulong)writing);
        box.Write(writing, "x");
        box.Close(writing);
        box.Close(copy);

        box.Read(reading).ShouldBe((1, "x"));
        box.Read(reading).ShouldBe((0, ""));
    }

    [Fact]
    public void LastReaderGone_IsEpipeAndRaisesSigpipe()
    {
        using FileSandbox box = new();
        (long reading, long writing) = CreatePipe(box);
        box.Close(reading);

        box.Write(writing, "x").ShouldBe(-Errno.EPIPE);
        box.BrokenPipes.Count.ShouldBe(1);
    }

    [Fact]
    public void LongWrite_GoesOnWhereItStoppedWhenRoomAppears()
    {
        using FileSandbox box = new();
        (long reading, long writing) = CreatePipe(box);
        byte[] data = new byte[CapacityBytes + 5000];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (byte)(i * 31);
        }

        FakeCall call = box.Prepare((ulong)writing, box.Put(data), (ulong)data.Length);
        call.Thread = FileSandbox.ProcessId + 1;
        SystemCallResult result = box.Start(call, 1);
        List<byte> received = [];
        while (result.Wait is not null)
        {
            ulong buffer = box.Allocate(3000);
            long count = box.Call(0, (ulong)reading, buffer, 3000);
            received.AddRange(box.Get(buffer, (int)count));
            call.Retry = true;
            result = box.Start(call, 1);
        }

        result.Value.ShouldBe(data.Length);
        ulong rest = box.Allocate(CapacityBytes);
        long last = box.Call(0, (ulong)reading, rest, CapacityBytes);
        received.AddRange(box.Get(rest, (int)last));
        received.ShouldBe(data);
    }

    [Fact]
    public void SmallWrite_IsNeverTorn()
    {
        using FileSandbox box = new();
        (long reading, long writing) = CreatePipe(box, NonBlocking);
        ulong data = box.Put(new byte[CapacityBytes]);
        box.Call(1, (ulong)writing, data, CapacityBytes - 100).ShouldBe(CapacityBytes - 100);

        box.Call(1, (ulong)writing, data, 200).ShouldBe(-Errno.EAGAIN);
        box.Call(1, (ulong)writing, data, 100).ShouldBe(100);
        box.Call(1, (ulong)writing, data, 5000).ShouldBe(-Errno.EAGAIN);
        box.Read(reading, 10).Result.ShouldBe(10);
        box.Call(1, (ulong)writing, data, 5000).ShouldBe(10);
    }

    [Fact]
    public void EmptyNonBlockingPipe_IsEagain()
    {
        using FileSandbox box = new();
        (long reading, _) = CreatePipe(box, NonBlocking);
        box.Read(reading).Result.ShouldBe(-Errno.EAGAIN);
    }

    [Fact]
    public void WrongEnd_IsEbadf()
    {
        using FileSandbox box = new();
        (long reading, long writing) = CreatePipe(box);
        box.Write(reading, "x").ShouldBe(-Errno.EBADF);
        box.Read(writing).Result.ShouldBe(-Errno.EBADF);
        box.Call(8, (ulong)reading, 0, 0).ShouldBe(-Errno.ESPIPE);
        box.Call(17, (ulong)reading, box.Allocate(8), 8, 0).ShouldBe(-Errno.ESPIPE);
    }

    [Fact]
    public void PipeSize_CanBeReadAndChanged()
    {
        using FileSandbox box = new();
        (long reading, _) = CreatePipe(box);
        box.Call(72, (ulong)reading, 1032).ShouldBe(CapacityBytes);
        box.Call(72, (ulong)reading, 1031, 5000).ShouldBe(8192);
        box.Call(72, (ulong)reading, 1032).ShouldBe(8192);
    }

    [Fact]
    public void EventFile_CountsAndBlocksAtZero()
    {
        using FileSandbox box = new();
        long descriptor = box.Call(290, 3, 0);
        ulong buffer = box.Allocate(8);

        box.Call(0, (ulong)descriptor, buffer, 8).ShouldBe(8);
        BitConverter.ToUInt64(box.Get(buffer, 8)).ShouldBe(3ul);
        box.Start(box.Prepare((ulong)descriptor, buffer, 8), 0).Wait.ShouldNotBeNull();
        box.Call(0, (ulong)descriptor, buffer, 4).ShouldBe(-Errno.EINVAL);

        box.Memory.TryWrite(buffer, 5UL);
        box.Call(1, (ulong)descriptor, buffer, 8).ShouldBe(8);
        box.Call(1, (ulong)descriptor, buffer, 8).ShouldBe(8);
        box.Call(0, (ulong)descriptor, buffer, 8).ShouldBe(8);
        BitConverter.ToUInt64(box.Get(buffer, 8)).ShouldBe(10ul);
    }

    [Fact]
    public void TimerFile_FiresInVirtualTimeAndCountsWhatItMissed()
    {
        using FileSandbox box = new();
        long descriptor = box.Call(283, 1, 0);
        ulong setting = box.Put(new byte[32]);
        box.Memory.TryWrite(setting + 8, 10_000_000L);
        box.Memory.TryWrite(setting + 24, 5_000_000L);
        box.Call(286, (ulong)descriptor, 0, setting, 0).ShouldBe(0);
        ulong buffer = box.Allocate(8);
        FakeCall call = box.Prepare((ulong)descriptor, buffer, 8);
        Waiter waiter = new();
        waiter.Enter(box.Start(call, 0).Wait!);

        box.Clock.Advance(VirtualDuration.FromMilliseconds(4));
        waiter.IsWoken.ShouldBeFalse();
        box.Clock.Advance(VirtualDuration.FromMilliseconds(1));
        waiter.IsWoken.ShouldBeTrue();
        box.Clock.Advance(VirtualDuration.FromMilliseconds(30));
        call.Retry = true;
        box.Start(call, 0).Value.ShouldBe(8);

        BitConverter.ToUInt64(box.Get(buffer, 8)).ShouldBe(4ul);
        box.Call(287, (ulong)descriptor, setting).ShouldBe(0);
        BitConverter.ToInt64(box.Get(setting + 24, 8)).ShouldBe(10_000_000L);
    }

    [Fact]
    public void RealTimeTimer_TakesAbsoluteTimesFromTheEpoch()
    {
        using FileSandbox box = new();
        long descriptor = box.Call(283, 0, NonBlocking);
        ulong setting = box.Put(new byte[32]);
        box.Memory.TryWrite(setting + 16, FileSandbox.Epoch + 2);
        box.Call(286, (ulong)descriptor, 1, setting, 0).ShouldBe(0);

        box.Clock.Advance(VirtualDuration.FromMilliseconds(1_999));
        box.Read(descriptor).Result.ShouldBe(-Errno.EAGAIN);
        box.Clock.Advance(VirtualDuration.FromMilliseconds(1));
        box.Call(0, (ulong)descriptor, setting, 8).ShouldBe(8);
    }

    internal static (long Reading, long Writing) CreatePipe(FileSandbox box, int flags = 0)
    {
        ulong both = box.Allocate(8);
        box.Call(293, both, (ulong)flags).ShouldBe(0);
        byte[] bytes = box.Get(both, 8);
        return (BitConverter.ToInt32(bytes), BitConverter.ToInt32(bytes, 4));
    }
}
