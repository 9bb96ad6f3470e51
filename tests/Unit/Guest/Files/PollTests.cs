using Dilaton.Core;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest.Files;

public sealed class PollTests
{
    private const short In = 1;
    private const short Out = 4;
    private const short Invalid = 0x20;
    private const short HangUp = 0x10;
    private const uint EdgeTriggered = 1u << 31;
    private const uint OneShot = 1u << 30;

    [Fact]
    public void Poll_TellsWhatIsReady()
    {
        using FileSandbox box = new();
        (long reading, long writing) = PipeTests.CreatePipe(box);
        ulong entries = Entries(box, (reading, In), (writing, Out), (99, In), (-1, In));

        box.Call(7, entries, 4, 0).ShouldBe(2);
        Found(box, entries, 4).ShouldBe([0, Out, Invalid, 0]);

        box.Write(writing, "x");
        box.Close(writing);
        entries = Entries(box, (reading, In));
        box.Call(7, entries, 1, 0).ShouldBe(1);
        Found(box, entries, 1).ShouldBe([(short)(In | HangUp)]);
    }

    [Fact]
    public void Poll_KeepsItsDeadlineOverRetries()
    {
        using FileSandbox box = new();
        (long reading, _) = PipeTests.CreatePipe(box);
        FakeCall call = box.Prepare(Entries(box, (reading, In)), 1, 10);

        WaitRequest first = box.Start(call, 7).Wait!;
        box.Clock.Advance(VirtualDuration.FromMilliseconds(4));
        call.Retry = true;
        WaitRequest second = box.Start(call, 7).Wait!;
        second.Deadline.ShouldBe(first.Deadline);
        box.Clock.Advance(VirtualDuration.FromMilliseconds(6));
        call.Late = true;

        box.Start(call, 7).Value.ShouldBe(0);
    }

    [Fact]
    public void Select_LeavesOnlyTheReadyBits()
    {
        using FileSandbox box = new();
        (long reading, long writing) = PipeTests.CreatePipe(box);
        ulong reads = box.Put(BitConverter.GetBytes(1UL << (int)reading));
        ulong writes = box.Put(BitConverter.GetBytes(1UL << (int)writing));
        ulong zero = box.Put(new byte[16]);

        box.Call(23, 10, reads, writes, 0, zero).ShouldBe(1);
        BitConverter.ToUInt64(box.Get(reads, 8)).ShouldBe(0ul);
        BitConverter.ToUInt64(box.Get(writes, 8)).ShouldBe(1UL << (int)writing);

        ulong bad = box.Put(BitConverter.GetBytes(1UL << 40));
        box.Call(23, 41, bad, 0, 0, zero).ShouldBe(-Errno.EBADF);
        box.Call(23, unchecked((ulong)-1), 0, 0, 0, zero).ShouldBe(-Errno.EINVAL);
    }

    [Fact]
    public void Epoll_LevelTriggeredReportsAsLongAsReady()
    {
        using FileSandbox box = new();
        (long reading, long writing) = PipeTests.CreatePipe(box);
        long epoll = box.Call(291, 0);
        Watch(box, epoll, reading, In, 7).ShouldBe(0);
        Wait(box, epoll).ShouldBeEmpty();
        box.Write(writing, "xy");

        Wait(box, epoll).ShouldBe([((uint)In, 7ul)]);
        Wait(box, epoll).ShouldBe([((uint)In, 7ul)]);
        box.Read(reading, 10);
        Wait(box, epoll).ShouldBeEmpty();
    }

    [Fact]
    public void Epoll_EdgeTriggeredReportsEachArrivalOnce()
    {
        using FileSandbox box = new();
        (long reading, long writing) = PipeTests.CreatePipe(box);
        long epoll = box.Call(291, 0);
        Watch(box, epoll, reading, In | EdgeTriggered, 7);
        box.Write(writing, "x");
        Wait(box, epoll).ShouldBe([((uint)In, 7ul)]);
        Wait(box, epoll).ShouldBeEmpty();
        box.Write(writing, "y");
        Wait(box, epoll).ShouldBe([((uint)In, 7ul)]);
        Wait(box, epoll).ShouldBeEmpty();
    }

    [Fact]
    public void Epoll_OneShotIsSilentUntilRearmed()
    {
        using FileSandbox box = new();
        (long reading, long writing) = PipeTests.CreatePipe(box);
        long epoll = box.Call(291, 0);
        Watch(box, epoll, reading, In | OneShot, 7);
        box.Write(writing, "x");
        Wait(box, epoll).Count.ShouldBe(1);
        Wait(box, epoll).ShouldBeEmpty();
        Watch(box, epoll, reading, In | OneShot, 8, operation: 3).ShouldBe(0);
        Wait(box, epoll).ShouldBe([((uint)In, 8ul)]);
    }

    [Fact]
    public void Epoll_ForgetsAFileWhoseLastDescriptorIsClosed()
    {
        using FileSandbox box = new();
        (long reading, long writing) = PipeTests.CreatePipe(box);
        long epoll = box.Call(291, 0);
        Watch(box, epoll, reading, In, 7);
        box.Write(writing, "x");
        box.Close(reading);
        Wait(box, epoll).ShouldBeEmpty();
    }

    [Fact]
    public void Epoll_WakesItsWaiterWhenAFileIsAdded()
    {
        using FileSandbox box = new();
        (long reading, long writing) = PipeTests.CreatePipe(box);
        box.Write(writing, "x");
        long epoll = box.Call(291, 0);
        Waiter waiter = new();
        FakeCall call = box.Prepare(
            (ulong)epoll, box.Allocate(12), 1, unchecked((ulong)-1));
        waiter.Enter(box.Start(call, 232).Wait!);
        Watch(box, epoll, reading, In, 7);
        waiter.IsWoken.ShouldBeTrue();
    }

    [Fact]
    public void Epoll_RefusesWhatLinuxRefuses()
    {
        using FileSandbox box = new();
        long epoll = box.Call(291, 0);
        long other = box.Call(291, 0);
        long file = box.Open("a", 0x41);
        Watch(box, epoll, file, In, 0).ShouldBe(-Errno.EPERM);
        Watch(box, epoll, epoll, In, 0).ShouldBe(-Errno.EINVAL);
        Watch(box, epoll, 99, In, 0).ShouldBe(-Errno.EBADF);
        Watch(box, epoll, other, In, 0).ShouldBe(0);
        Watch(box, epoll, other, In, 0).ShouldBe(-Errno.EEXIST);
        Watch(box, other, epoll, In, 0).ShouldBe(-Errno.ELOOP);
        Watch(box, epoll, 0, In, 0, operation: 2).ShouldBe(-Errno.ENOENT);
        box.Call(232, (ulong)epoll, box.Allocate(12), 0, 0).ShouldBe(-Errno.EINVAL);
    }

    private static long Watch(
        FileSandbox box, long epoll, long descriptor, long events, ulong data, int operation = 1)
    {
        byte[] bytes = new byte[12];
        BitConverter.TryWriteBytes(bytes, (uint)events);
        BitConverter.TryWriteBytes(bytes.AsSpan(4), data);
        return box.Call(
            233, (ulong)epoll, (ulong)operation, unchecked((ulong)descriptor), box.Put(bytes));
    }

    private static List<(uint Events, ulong Data)> Wait(FileSandbox box, long epoll)
    {
        ulong buffer = box.Allocate(120);
        long count = box.Call(232, (ulong)epoll, buffer, 10, 0);
        byte[] bytes = box.Get(buffer, 120);
        List<(uint Events, ulong Data)> events = [];
        for (int i = 0; i < count; i++)
        {
            events.Add((
                BitConverter.ToUInt32(bytes, i * 12), BitConverter.ToUInt64(bytes, (i * 12) + 4)));
        }

        return events;
    }

    private static ulong Entries(
        FileSandbox box, params (long Descriptor, short Wanted)[] entries)
    {
        byte[] bytes = new byte[entries.Length * 8];
        for (int i = 0; i < entries.Length; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(i * 8), (int)entries[i].Descriptor);
            BitConverter.TryWriteBytes(bytes.AsSpan((i * 8) + 4), entries[i].Wanted);
        }

        return box.Put(bytes);
    }

    private static short[] Found(FileSandbox box, ulong entries, int count)
    {
        byte[] bytes = box.Get(entries, count * 8);
        short[] found = new short[count];
        for (int i = 0; i < count; i++)
        {
            found[i] = BitConverter.ToInt16(bytes, (i * 8) + 6);
        }

        return found;
    }
}
