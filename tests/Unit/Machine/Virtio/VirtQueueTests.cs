using System.Buffers.Binary;
using Dilaton.Machine;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>Descriptors that are well made, badly made, and made by chance.</summary>
public sealed class VirtQueueTests : IDisposable
{
    private const int Next = 1;
    private const int Write = 2;
    private const int Indirect = 4;
    private const ulong Table = 0x60_0000;

    private readonly TestMachine _machine = new(new EntropyDevice(1));
    private readonly TestDriver _driver;

    public VirtQueueTests()
    {
        _driver = new TestDriver(_machine);
        _driver.Start();
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void BuffersOfAChain_AreFilledInTheirOrder_AndOthersAreNotTouched()
    {
        _driver.Send(0, (TestDriver.Data, 16, true));
        byte[] whole = _driver.Bytes(TestDriver.Data, 16).ToArray();
        using TestMachine same = new(new EntropyDevice(1));
        TestDriver driver = new(same);
        driver.Start();
        driver.Send(0, (TestDriver.Data + 100, 5, true), (TestDriver.Data, 1, true), (TestDriver.Data + 50, 10, true));
        driver.Used(0)[0].Written.ShouldBe(16u);
        byte[] parts =
        [
            .. driver.Bytes(TestDriver.Data + 100, 5), .. driver.Bytes(TestDriver.Data, 1),
            .. driver.Bytes(TestDriver.Data + 50, 10),
        ];
        parts.ShouldBe(whole);
        driver.Bytes(TestDriver.Data + 1, 49).ToArray().ShouldAllBe(value => value == 0);
    }

    [Fact]
    public void ATableOfDescriptors_IsAsGoodAsAChain_AlsoBehindOne()
    {
        _driver.Describe(At(0), TestDriver.Data, 8, Write | Next, 1);
        _driver.Describe(At(1), Table, 32, Indirect, 0);
        _driver.Describe(Table, TestDriver.Data + 8, 8, Write | Next, 1);
        _driver.Describe(Table + 16, TestDriver.Data + 16, 8, Write, 0);
        Go(0);
        _driver.Used(0).ShouldBe([(0u, 24u)]);
    }

    [Fact]
    public void AQueue_GoesRoundAndRound()
    {
        for (uint i = 0; i < 70_000; i++)
        {
            _driver.Describe(At(0), TestDriver.Data, 1, Write, 0);
            Go(0);
        }

        _machine.Statistic("virtio.entropy.bytes").ShouldBe(70_000u);
        _driver.NeedsAReset.ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, 0UL, 0u, Write, 0, "no length")]
    [InlineData(0, TestMachine.MemoryBytes - 4, 8u, Write, 0, "is not memory")]
    [InlineData(0, ulong.MaxValue - 3, 8u, Write, 0, "is not memory")]
    [InlineData(0, 1UL << 32, 8u, Write, 0, "is not memory")]
    [InlineData(0, TestDriver.Data, uint.MaxValue, Write, 0, "is not memory")]
    [InlineData(0, TestDriver.Data, 8u, Write | Next, 0, "is a loop")]
    [InlineData(0, TestDriver.Data, 8u, Write | Next, 16, "descriptor 16 of 16")]
    [InlineData(0, TestDriver.Data, 8u, Write | Next, 65535, "descriptor 65535 of 16")]
    [InlineData(16, TestDriver.Data, 8u, Write, 0, "descriptor 16 of 16")]
    [InlineData(0, Table, 0u, Indirect, 0, "a table of 0 bytes")]
    [InlineData(0, Table, 24u, Indirect, 0, "a table of 24 bytes")]
    [InlineData(0, Table, 16u * 257, Indirect, 0, "a table of 4112 bytes")]
    [InlineData(0, TestMachine.MemoryBytes, 16u, Indirect, 0, "a table of 16 bytes")]
    [InlineData(0, Table, 16u, Indirect | Next, 0, "with one after it")]
    [InlineData(0, TestDriver.Data, 8u, 0, 0, "buffers to be read")]
    public void ABadDescriptor_StopsTheDevice(int head, ulong address, uint length, int flags, int next, string why)
    {
        _driver.Describe(At(0), address, length, flags, next);
        Go((ushort)head);
        _driver.Used(0).ShouldBeEmpty();
        _driver.NeedsAReset.ShouldBeTrue();
        _machine.Board.Troubles().ShouldHaveSingleItem().ShouldContain(why);
        _driver[TestDriver.InterruptStatus].ShouldBe(2u, "its configuration has changed");
        _machine.Statistic("virtio.entropy.faults").ShouldBe(1u);
        _driver.Start();
        _driver.Send(0, (TestDriver.Data, 8, true));
        _driver.Used(0).Length.ShouldBe(1);
    }

    [Fact]
    public void ATableWithinATable_StopsTheDevice()
    {
        _driver.Describe(At(0), Table, 16, Indirect, 0);
        _driver.Describe(Table, Table, 16, Indirect, 0);
        Go(0);
        _machine.Board.Troubles().ShouldHaveSingleItem().ShouldContain("within a table");
    }

    [Fact]
    public void ABufferToBeRead_BehindOneToBeWritten_StopsTheDevice()
    {
        _driver.Send(0, (TestDriver.Data, 8, true), (TestDriver.Data, 8, false));
        _machine.Board.Troubles().ShouldHaveSingleItem().ShouldContain("comes after one to be written");
    }

    [Fact]
    public void MoreRequestsThanEntries_StopTheDevice()
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_driver.Bytes(TestDriver.DriverArea(0) + 2, 2), 17);
        _driver[TestDriver.QueueNotify] = 0;
        _machine.Board.Troubles().ShouldHaveSingleItem().ShouldContain("17 requests wait");
    }

    /// <summary>Whatever the guest writes, the device gives back at most what it was given, writes to nothing
    /// but buffers that it may write to, or stops.</summary>
    [Fact]
    public void AnyDescriptors_DoNoHarm()
    {
        Gen<Descriptor> descriptor =
            from kind in Gen.Choose(0, 9)
            from at in Gen.Choose(0, 4095)
            from length in Gen.Choose(-1, 64)
            from flags in Gen.Choose(0, 3)
            from next in Gen.Choose(0, 16)
            select Drawn(kind, at, length, flags, next);
        Gen<(Descriptor[], Descriptor[], int[])> all =
            from chain in descriptor.ArrayOf(TestDriver.Entries)
            from table in descriptor.ArrayOf(4)
            from heads in Gen.Choose(0, 16).ArrayOf(8)
            select (chain, table, heads);
        Prop.ForAll(all.ToArbitrary(), given => Try(given.Item1, given.Item2, given.Item3)).CheckSeeded();
    }

    /// <summary>Mostly buffers; now and then a table, the end of memory, or an address of nothing.</summary>
    private static Descriptor Drawn(int kind, int at, int length, int flags, int next) => kind switch
    {
        0 => new(Table + ((ulong)(at % 4) * 16), (uint)(length & 0x70), flags | Indirect, next),
        1 => new(TestMachine.MemoryBytes - 32 + (ulong)(at % 64), (uint)length, flags, next),
        2 when at < 1024 => new((ulong)at << 40, (uint)length, flags, next * 4096),
        _ => new(TestDriver.Data + (ulong)at, (uint)length, flags, next),
    };

    private static void Try(Descriptor[] chain, Descriptor[] table, int[] heads)
    {
        using TestMachine machine = new(new EntropyDevice(1));
        TestDriver driver = new(machine);
        driver.Start();
        Put(driver, TestDriver.Descriptors(0), chain);
        Put(driver, Table, table);
        byte[] before = machine.Ram.At(0, (int)TestMachine.MemoryBytes).ToArray();
        foreach (int head in heads)
        {
            driver.Add(0, (ushort)head);
        }

        driver[TestDriver.QueueNotify] = 0;
        driver.Used(0).Length.ShouldBeLessThanOrEqualTo(heads.Length);
        (driver.NeedsAReset || driver.Used(0).Length == heads.Length).ShouldBeTrue();
        ReadOnlySpan<byte> after = machine.Ram.At(0, before.Length);
        Allow(before, after, TestDriver.DriverArea(0), 0x100);
        Allow(before, after, TestDriver.DeviceArea(0), 0x100);
        foreach (Descriptor each in chain.Concat(table).Where(each => (each.Flags & (Write | Indirect)) == Write
            && (UInt128)each.Address + each.Length <= TestMachine.MemoryBytes))
        {
            Allow(before, after, each.Address, each.Length);
        }

        after.SequenceEqual(before).ShouldBeTrue("something else has changed");
    }

    private static void Allow(byte[] before, ReadOnlySpan<byte> after, ulong address, uint length)
    {
        after.Slice((int)address, (int)length).CopyTo(before.AsSpan((int)address));
    }

    private static void Put(TestDriver driver, ulong at, Descriptor[] descriptors)
    {
        foreach (Descriptor each in descriptors)
        {
            driver.Describe(at, each.Address, each.Length, each.Flags, each.Next);
            at += 16;
        }
    }

    private static ulong At(int index) => TestDriver.Descriptors(0) + ((ulong)index * 16);

    private void Go(ushort head)
    {
        _driver.Add(0, head);
        _driver[TestDriver.QueueNotify] = 0;
    }

    public sealed record Descriptor(ulong Address, uint Length, int Flags, int Next);
}
