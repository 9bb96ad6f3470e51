using Dilaton.Core;
using Dilaton.Machine;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>A network interface, as its driver and its network see it.</summary>
public sealed class NetDeviceTests : INetPort, IDisposable
{
    private const uint Header = 12;
    private const uint Room = Header + 1514;

    private readonly List<(VirtualTime Time, byte[] Frame)> _sent = [];
    private VirtualDuration _takes;
    private bool _hasRoom = true;
    private readonly NetDevice _device;
    private readonly TestMachine _machine;
    private readonly TestDriver _driver;

    public NetDeviceTests()
    {
        _device = new NetDevice("net0", [2, 0, 0, 0, 0, 7], 1400, this);
        _machine = new TestMachine(_device);
        _driver = new TestDriver(_machine);
        _driver.Start(2);
    }

    public void Dispose() => _machine.Dispose();

    VirtualTime? INetPort.Send(VirtualTime time, ReadOnlyMemory<byte> frame)
    {
        _sent.Add((time, frame.ToArray()));
        return _hasRoom ? time + _takes : null;
    }

    [Fact]
    public void ItSaysItsAddress_AndItsMtu()
    {
        _driver.ReadConfiguration(10, 2).ShouldBe(1400u);
        (_driver.Offered() & (1 << 3)).ShouldNotBe(0u);
        _driver[TestDriver.DeviceId].ShouldBe(1u);
        _driver.ReadConfiguration(0, 8).ShouldBe(0x0700_0000_0002u);
        (_driver.Offered() & (1 << 5)).ShouldNotBe(0u);
    }

    [Fact]
    public void AFrame_LeavesAtItsVirtualTime_WithoutItsHeader()
    {
        byte[] frame = [.. Enumerable.Range(1, 60).Select(i => (byte)i)];
        frame.CopyTo(_driver.Bytes(TestDriver.Data + 0x100, 60));
        _machine.Now = new VirtualTime(77);
        _driver.Send(1, (TestDriver.Data, Header, false), (TestDriver.Data + 0x100, 60, false));
        _sent.ShouldHaveSingleItem().Time.ShouldBe(new VirtualTime(77));
        _sent[0].Frame.ShouldBe(frame);
        _driver.Used(1).ShouldBe([(0u, 0u)]);
    }

    /// <summary>So a guest can't have more on its way than its queue holds, and learns of the line's rate.</summary>
    [Fact]
    public void ABuffer_IsGivenBackWhenItsFrameHasLeft()
    {
        _takes = new VirtualDuration(500);
        _machine.Now = new VirtualTime(77);
        _driver.Send(1, (TestDriver.Data, Header + 60, false));
        _driver.Used(1).ShouldBeEmpty();
        _machine.Alarm.ShouldBe(new VirtualTime(577));
        _machine.Now = new VirtualTime(576);
        _machine.Board.RunDue();
        _driver.Used(1).ShouldBeEmpty();
        _machine.Now = new VirtualTime(577);
        _machine.Board.RunDue();
        _driver.Used(1).ShouldBe([(0u, 0u)]);
    }

    [Fact]
    public void RoomForFrames_IsAskedForOnlyWhileOneWaits()
    {
        _driver.Send(0, (TestDriver.Data, Room, true));
        _driver.IsToNotify(0).ShouldBeFalse();
        _machine.Board.Receive(_device, new byte[60]);
        _driver.IsToNotify(0).ShouldBeFalse();
        _machine.Board.Receive(_device, new byte[60]);
        _driver.IsToNotify(0).ShouldBeTrue();
        _driver.Send(0, (TestDriver.Data, Room, true));
        _driver.Used(0).Length.ShouldBe(2);
        _driver.IsToNotify(0).ShouldBeFalse();
    }

    [Fact]
    public void AFrameThatTheLineHasNoRoomFor_IsDroppedAndCounted()
    {
        _hasRoom = false;
        _driver.Send(1, (TestDriver.Data, Header + 60, false));
        _driver.Used(1).Length.ShouldBe(1);
        _machine.Statistic("virtio.net0.droppedOut").ShouldBe(1u);
        _machine.Statistic("virtio.net0.framesSent").ShouldBe(0u);
    }

    [Theory]
    [InlineData(Header)]
    [InlineData(Header + 13)]
    [InlineData(Room + 1)]
    public void WhatIsNoFrame_IsDroppedAndCounted(uint length)
    {
        _driver.Send(1, (TestDriver.Data, length, false));
        _sent.ShouldBeEmpty();
        _driver.Used(1).Length.ShouldBe(1);
        _machine.Statistic("virtio.net0.droppedOut").ShouldBe(1u);
    }

    [Fact]
    public void AFrameThatComes_IsHandedOver_NowOrWhenThereIsRoom()
    {
        _machine.Board.Receive(_device, new byte[] { 1, 2, 3 });
        _driver.Used(0).ShouldBeEmpty();
        _driver.Send(0, (TestDriver.Data, Header, true), (TestDriver.Data + 0x800, 1514, true));
        _driver.Used(0).ShouldBe([(0u, Header + 3)]);
        _driver.Bytes(TestDriver.Data, 12).ToArray().ShouldBe([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
        _driver.Bytes(TestDriver.Data + 0x800, 4).ToArray().ShouldBe([1, 2, 3, 0]);
        _driver.Send(0, (TestDriver.Data, Room, true));
        _driver.Used(0).Length.ShouldBe(1);
        _machine.Board.Receive(_device, new byte[] { 4 });
        _driver.Used(0).Length.ShouldBe(2);
        _driver.Bytes(TestDriver.Data + Header, 1)[0].ShouldBe((byte)4);
    }

    [Fact]
    public void MoreThanTheGuestTakes_IsDroppedAndCounted()
    {
        for (int i = 0; i < 260; i++)
        {
            _machine.Board.Receive(_device, new byte[60]);
        }

        _machine.Board.Receive(_device, new byte[1515]);
        _machine.Statistic("virtio.net0.droppedIn").ShouldBe(5u);
    }

    [Fact]
    public void ABufferThatNoFrameFitsIn_StopsTheDevice()
    {
        _machine.Board.Receive(_device, new byte[60]);
        _driver.Send(0, (TestDriver.Data, Room - 1, true));
        _driver.NeedsAReset.ShouldBeTrue();
    }
}
