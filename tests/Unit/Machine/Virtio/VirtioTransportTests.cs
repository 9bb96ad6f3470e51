using System.Buffers.Binary;
using Dilaton.Machine;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>The registers, and what a driver goes through with them.</summary>
public sealed class VirtioTransportTests : IDisposable
{
    private const ulong VersionOne = 1UL << 32;

    private readonly TestMachine _machine = new(new EntropyDevice(1), new EntropyDevice(2));
    private readonly TestDriver _driver;

    public VirtioTransportTests() => _driver = new TestDriver(_machine);

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void ADevice_SaysWhatItIs_AndBehindTheLastThereIsNothing()
    {
        _driver[TestDriver.MagicValue].ShouldBe(0x7472_6976u);
        _driver[4].ShouldBe(2u);
        _driver[TestDriver.DeviceId].ShouldBe(4u);
        new TestDriver(_machine, 1)[TestDriver.DeviceId].ShouldBe(4u);
        new TestDriver(_machine, 2)[TestDriver.MagicValue].ShouldBe(uint.MaxValue);
        _machine.Board.ReadAddress(VirtioBus.Base - 4, 4).ShouldBe(ulong.MaxValue);
        _machine.Board.ReadAddress(VirtioBus.Base, 2).ShouldBe(0u, "registers have four bytes");
        (_driver.Offered() >> 32).ShouldBe(1u);
    }

    [Theory]
    [InlineData(0UL, false)]
    [InlineData(1UL << 28, false)]
    [InlineData(VersionOne, true)]
    [InlineData(VersionOne | (1UL << 28), true)]
    [InlineData(VersionOne | (1UL << 29), false)]
    [InlineData(VersionOne | (1UL << 35), false)]
    public void Features_AreTaken_IfTheyWereOffered_AndAreOfVersionOne(ulong features, bool areTaken)
    {
        _driver.Negotiate(features);
        _driver[TestDriver.Status].ShouldBe(areTaken ? TestDriver.FeaturesOk : 3u);
        _driver[TestDriver.Status] = TestDriver.DriverOk;
        _driver[TestDriver.Status].ShouldBe(areTaken ? TestDriver.DriverOk : 3u);
    }

    [Fact]
    public void AQueueThatIsNotThere_HasNoEntries()
    {
        _driver[TestDriver.QueueSelect] = 0;
        _driver[TestDriver.QueueSizeMax].ShouldBe(256u);
        _driver[TestDriver.QueueSelect] = 1;
        _driver[TestDriver.QueueSizeMax].ShouldBe(0u);
        _driver[TestDriver.QueueReady] = 1;
        _driver[TestDriver.QueueReady].ShouldBe(0u);
        _driver[TestDriver.QueueSelect] = uint.MaxValue;
        _driver[TestDriver.QueueSizeMax].ShouldBe(0u);
    }

    [Fact]
    public void ARequest_IsAnswered_WithAnInterruptUntilItIsHeard()
    {
        _driver.Start();
        ushort head = _driver.Send(0, (TestDriver.Data, 8, true));
        _driver.Used(0).ShouldBe([((uint)head, 8u)]);
        _machine.Interrupts.ShouldBe([(16, true)]);
        _driver[TestDriver.InterruptStatus].ShouldBe(1u);
        _driver[TestDriver.InterruptAcknowledge] = 1;
        _machine.Interrupts.ShouldBe([(16, true), (16, false)]);
        _driver[TestDriver.InterruptStatus].ShouldBe(0u);
        new TestDriver(_machine, 1).Start();
    }

    [Fact]
    public void ADriverThatWantsNoInterrupt_GetsNone()
    {
        _driver.Start();
        BinaryPrimitives.WriteUInt16LittleEndian(_driver.Bytes(TestDriver.DriverArea(0), 2), 1);
        _driver.Send(0, (TestDriver.Data, 8, true));
        _driver.Used(0).Length.ShouldBe(1);
        _machine.Interrupts.ShouldBeEmpty();
    }

    [Fact]
    public void NothingIsTaken_BeforeTheDriverIsReady()
    {
        _driver.Negotiate(_driver.Offered());
        _driver.SetUp(0);
        _driver.Send(0, (TestDriver.Data, 8, true));
        _driver.Used(0).ShouldBeEmpty();
        _driver[TestDriver.Status] = TestDriver.DriverOk;
        _driver[TestDriver.QueueNotify] = 0;
        _driver.Used(0).Length.ShouldBe(1);
    }

    [Theory]
    [InlineData(0u, 0x10_0000UL, 0x20_0000UL, 0x30_0000UL, "a queue of 0 entries")]
    [InlineData(12u, 0x10_0000UL, 0x20_0000UL, 0x30_0000UL, "a queue of 12 entries")]
    [InlineData(512u, 0x10_0000UL, 0x20_0000UL, 0x30_0000UL, "a queue of 512 entries")]
    [InlineData(16u, 0x10_0008UL, 0x20_0000UL, 0x30_0000UL, "descriptors at 0x100008")]
    [InlineData(16u, 0x10_0000UL, 0x20_0001UL, 0x30_0000UL, "driver area at 0x200001")]
    [InlineData(16u, 0x10_0000UL, 0x20_0000UL, 0x30_0002UL, "device area at 0x300002")]
    [InlineData(16u, TestMachine.MemoryBytes - 128, 0x20_0000UL, 0x30_0000UL, "descriptors at 0xffff80")]
    [InlineData(16u, 0x10_0000UL, 0xffff_ffff_ffff_fffeUL, 0x30_0000UL, "driver area at 0xfffffffffffffffe")]
    [InlineData(16u, 0x10_0000UL, 0x20_0000UL, 0x1_0000_0000UL, "device area at 0x100000000")]
    public void AQueueThatCannotBe_StopsTheDevice_UntilItsReset(
        uint size, ulong descriptors, ulong driver, ulong device, string why)
    {
        _driver.Negotiate(_driver.Offered());
        _driver.Locate(0, size, descriptors, driver, device);
        _driver[TestDriver.QueueReady] = 1;
        _driver.NeedsAReset.ShouldBeTrue();
        _driver[TestDriver.QueueReady].ShouldBe(0u);
        _machine.Board.Troubles().ShouldHaveSingleItem().ShouldContain(why);
        _driver.Start();
        _driver.Send(0, (TestDriver.Data, 8, true));
        _driver.Used(0).Length.ShouldBe(1);
    }

    [Fact]
    public void AQueueThatIsReady_StaysWhereItWasChecked()
    {
        _driver.Start();
        _driver.Locate(0, 4, 1UL << 40, 1UL << 40, 1UL << 40);
        _driver.Send(0, (TestDriver.Data, 8, true));
        _driver.Used(0).Length.ShouldBe(1);
        _driver.NeedsAReset.ShouldBeFalse();
    }

    [Fact]
    public void AReset_ForgetsAll()
    {
        _driver.Start();
        _driver.Send(0, (TestDriver.Data, 8, true));
        _driver[TestDriver.Status] = 0;
        _driver[TestDriver.Status].ShouldBe(0u);
        _driver[TestDriver.InterruptStatus].ShouldBe(0u);
        _machine.Interrupts[^1].ShouldBe((16, false));
        _driver[TestDriver.QueueReady].ShouldBe(0u);
        _driver.Start();
        _driver.Used(0).ShouldBeEmpty();
    }
}
