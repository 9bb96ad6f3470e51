using System.Buffers.Binary;
using System.Text;
using Dilaton.Core;
using Dilaton.Machine;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>A disk, as its driver sees it.</summary>
public sealed class BlockDeviceTests : IDisposable
{
    private const int DiskBytes = 64 << 10;
    private const ulong Header = TestDriver.Data;
    private const ulong Status = TestDriver.Data + 0x100;
    private const ulong Buffer = TestDriver.Data + 0x1000;
    private const byte Untouched = 0xee;
    private const uint Read = 0;
    private const uint Write = 1;
    private const uint Flush = 4;
    private const uint Id = 8;

    private readonly TestDisk _disk = new(DiskBytes);
    private readonly TestMachine _machine;
    private readonly TestDriver _driver;

    public BlockDeviceTests()
    {
        _machine = new TestMachine(new BlockDevice("disk0", _disk, _disk));
        _driver = new TestDriver(_machine);
        _driver.Start();
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void ItSaysItsSize_AndThatItCanFlush_AndNotDiscard()
    {
        _driver[TestDriver.DeviceId].ShouldBe(2u);
        _driver.ReadConfiguration(0, 8).ShouldBe((ulong)DiskBytes / 512);
        _driver.ReadConfiguration(12, 4).ShouldBe(254u);
        _driver.ReadConfiguration(20, 4).ShouldBe(512u);
        _driver.ReadConfiguration(20, 2).ShouldBe(512u);
        _driver.ReadConfiguration(0xe00, 8).ShouldBe(0u);
        (_driver.Offered() & 0xffff_ffff & ~(1UL << 28)).ShouldBe((1UL << 2) | (1UL << 6) | (1UL << 9));
    }

    [Fact]
    public void WhatIsWritten_IsRead()
    {
        Encoding.ASCII.GetBytes("hello", _driver.Bytes(Buffer, 1024));
        Ask(Write, 3, (Buffer, 1024, false)).ShouldBe((byte)0);
        Encoding.ASCII.GetString(_disk.Bytes, 3 * 512, 5).ShouldBe("hello");
        _driver.Bytes(Buffer, 1024).Clear();
        Ask(Read, 3, (Buffer, 100, true), (Buffer + 0x800, 924, true)).ShouldBe((byte)0);
        Encoding.ASCII.GetString(_driver.Bytes(Buffer, 5)).ShouldBe("hello");
        _driver.Used(0).Select(used => used.Written).ShouldBe([1u, 1025u]);
        Ask(Flush, 0).ShouldBe((byte)0);
        _machine.Statistic("virtio.disk0.bytesWritten").ShouldBe(1024u);
        _machine.Statistic("virtio.disk0.bytesRead").ShouldBe(1024u);
        _machine.Statistic("virtio.disk0.flushes").ShouldBe(1u);
    }

    [Theory]
    [InlineData(Read, 128UL, 512u, 1)]
    [InlineData(Read, 127UL, 1024u, 1)]
    [InlineData(Read, ulong.MaxValue, 512u, 1)]
    [InlineData(Read, 1UL << 55, 512u, 1)]
    [InlineData(Read, 0UL, 100u, 1)]
    [InlineData(Read, 0UL, 9u << 20, 1)]
    [InlineData(11u, 0UL, 512u, 2)]
    [InlineData(13u, 0UL, 512u, 2)]
    [InlineData(Id, 0UL, 512u, 1)]
    public void WhatItCannotDo_IsAnErrorToTheGuest_AndTouchesNothing(uint kind, ulong sector, uint length, int status)
    {
        Ask(kind, sector, (Buffer, length, true)).ShouldBe((byte)status);
        _driver.Bytes(Buffer, 512).ToArray().ShouldAllBe(value => value == 0);
        _machine.Statistic("virtio.disk0.errors").ShouldBe(1u);
        _driver.NeedsAReset.ShouldBeFalse();
    }

    [Fact]
    public void ItsName_CanBeAskedFor()
    {
        Ask(Id, 0, (Buffer, 20, true)).ShouldBe((byte)0);
        Encoding.ASCII.GetString(_driver.Bytes(Buffer, 20)).TrimEnd('\0').ShouldBe("dilaton-disk0");
    }

    [Fact]
    public void AFullHostDisk_IsAnIoErrorToTheGuest_AndAMessageToTheOperator()
    {
        _disk.Failure = "No space left on device : '/results/disk0.overlay'";
        Ask(Write, 0, (Buffer, 512, false)).ShouldBe((byte)1);
        _machine.Board.Troubles().ShouldHaveSingleItem().ShouldContain("disk0: the host could not");
        _machine.Board.Troubles()[0].ShouldContain("No space left on device");
        _disk.Failure = null;
        Ask(Read, 0, (Buffer, 512, true)).ShouldBe((byte)0);
    }

    [Fact]
    public void AReadOnlyDisk_SaysSo_AndTakesNoWrite()
    {
        TestDisk disk = new(DiskBytes, isReadOnly: true);
        using TestMachine machine = new(new BlockDevice("disk0", disk, null));
        TestDriver driver = new(machine);
        (driver.Offered() & (1 << 5)).ShouldNotBe(0u);
        driver.Start();
        driver.Bytes(Buffer, 512).Fill(7);
        Ask(driver, Write, 0, (Buffer, 512, false)).ShouldBe((byte)1);
        disk.Bytes.ShouldAllBe(value => value == 0);
    }

    [Theory]
    [InlineData(15u, true)]
    [InlineData(16u, false)]
    public void ARequestWithoutHeaderOrStatus_StopsTheDevice(uint header, bool hasStatus)
    {
        (ulong, uint, bool)[] buffers = hasStatus
            ? [(Header, header, false), (Status, 1, true)]
            : [(Header, header, false)];
        _driver.Send(0, buffers);
        _driver.NeedsAReset.ShouldBeTrue();
        _machine.Board.Troubles().ShouldHaveSingleItem().ShouldContain("no header, or no room for its status");
    }

    [Fact]
    public void ARequest_IsDoneAtItsVirtualTime_NeverSooner()
    {
        _disk.Takes = bytes => VirtualDuration.FromPicoseconds(bytes * 1000);
        _machine.Now = new VirtualTime(5);
        Ask(Read, 0, (Buffer, 1024, true));
        Ask(Read, 0, (Buffer, 512, true));
        _driver.Used(0).ShouldBeEmpty();
        _machine.Interrupts.ShouldBeEmpty();
        _machine.Alarm.ShouldBe(new VirtualTime(512_005));
        _machine.Now = new VirtualTime(512_004);
        _machine.Board.RunDue();
        _driver.Used(0).ShouldBeEmpty();
        _machine.Now = new VirtualTime(512_007);
        _machine.Board.RunDue();
        _driver.Used(0).Select(used => used.Written).ShouldBe([513u]);
        _machine.Interrupts.ShouldBe([(16, true)]);
        _machine.Alarm.ShouldBe(new VirtualTime(1_024_005));
        _machine.Now = new VirtualTime(1_024_005);
        _machine.Board.RunDue();
        _driver.Used(0).Select(used => used.Written).ShouldBe([513u, 1025u]);
        _machine.Alarm.ShouldBe(VirtualTime.MaxValue);
        _machine.Statistic("virtio.completions.timed").ShouldBe(2u);
        _machine.Statistic("virtio.completions.latenessMax").ShouldBe(2u);
    }

    [Fact]
    public void WhatWasUnderWayAtAReset_IsNotGivenBackAfterIt()
    {
        _disk.Takes = _ => VirtualDuration.FromNanoseconds(1);
        Ask(Read, 0, (Buffer, 512, true));
        _driver.Start();
        _machine.Now = new VirtualTime(1000);
        _machine.Board.RunDue();
        _driver.Used(0).ShouldBeEmpty();
        Ask(Read, 0, (Buffer, 512, true));
        _machine.Now = new VirtualTime(2000);
        _machine.Board.RunDue();
        _driver.Used(0).Length.ShouldBe(1);
    }

    [Fact]
    public void ADriverCannotHaveMoreAtWorkThanEntries()
    {
        _disk.Takes = _ => VirtualDuration.FromSeconds(1);
        for (int i = 0; i < TestDriver.Entries && !_driver.NeedsAReset; i++)
        {
            Ask(Flush, 0);
        }

        _driver.NeedsAReset.ShouldBeFalse();
        Ask(Flush, 0);
        _driver.NeedsAReset.ShouldBeTrue();
    }

    private byte Ask(uint kind, ulong sector, params (ulong, uint, bool)[] data) => Ask(_driver, kind, sector, data);

    /// <returns>The status that the device wrote.</returns>
    private static byte Ask(TestDriver driver, uint kind, ulong sector, params (ulong, uint, bool)[] data)
    {
        Span<byte> header = driver.Bytes(Header, 16);
        BinaryPrimitives.WriteUInt32LittleEndian(header, kind);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], sector);
        driver.Bytes(Status, 1)[0] = Untouched;
        driver.Send(0, [(Header, 16, false), .. data, (Status, 1, true)]);
        return driver.Bytes(Status, 1)[0];
    }
}
