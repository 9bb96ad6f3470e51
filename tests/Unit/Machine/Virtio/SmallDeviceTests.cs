using System.Text;
using Dilaton.Machine;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>Entropy and console, as their drivers see them.</summary>
public sealed class SmallDeviceTests : ISerialPeer
{
    private readonly StringBuilder _sent = new();

    void ISerialPeer.Receive(byte value) => _sent.Append((char)value);

    [Fact]
    public void RandomBytes_AreThoseOfTheSeed_AndNoTwoTheSame()
    {
        byte[] first = Random(1, 64), again = Random(1, 64), other = Random(2, 64);
        again.ShouldBe(first);
        other.ShouldNotBe(first);
        first.Chunk(8).Select(Convert.ToHexString).Distinct().Count().ShouldBe(8);
    }

    [Fact]
    public void ARequestForMoreThanAPage_GetsAPage()
    {
        using TestMachine machine = new(new EntropyDevice(1));
        TestDriver driver = new(machine);
        driver.Start();
        driver.Send(0, (TestDriver.Data, 1 << 20, true));
        driver.Used(0)[0].Written.ShouldBe(4096u);
    }

    [Fact]
    public void WhatTheGuestWritesToItsConsole_IsSentAtOnce()
    {
        using TestMachine machine = new(new ConsoleDevice(this));
        TestDriver driver = new(machine);
        driver[TestDriver.DeviceId].ShouldBe(3u);
        driver.Start(2);
        string text = new('x', 5000);
        Encoding.ASCII.GetBytes(text, driver.Bytes(TestDriver.Data, 5000));
        Encoding.ASCII.GetBytes("yz", driver.Bytes(TestDriver.Data + 0x8000, 2));
        driver.Send(1, (TestDriver.Data, 5000, false), (TestDriver.Data + 0x8000, 2, false));
        _sent.ToString().ShouldBe($"{text}yz");
        driver.Used(1).ShouldBe([(0u, 0u)]);
    }

    [Fact]
    public void AWriteOfMoreThanAnyConsoleTakes_StopsTheDevice()
    {
        using TestMachine machine = new(new ConsoleDevice(this));
        TestDriver driver = new(machine);
        driver.Start(2);
        driver.Send(1, (TestDriver.Data, 1 << 20, false));
        driver.NeedsAReset.ShouldBeTrue();
        _sent.Length.ShouldBe(0);
    }

    [Fact]
    public void Input_ComesWhenThereIsRoom_AndWhatNobodyTakesIsLostAndCounted()
    {
        using TestMachine machine = new(new ConsoleDevice(this));
        TestDriver driver = new(machine);
        machine.Board.Input("abc"u8);
        driver.Start(2);
        driver.Used(0).ShouldBeEmpty();
        driver.Send(0, (TestDriver.Data, 2, true));
        driver.Used(0).ShouldBe([(0u, 2u)]);
        driver.Send(0, (TestDriver.Data + 2, 16, true));
        driver.Used(0).Length.ShouldBe(2);
        Encoding.ASCII.GetString(driver.Bytes(TestDriver.Data, 3)).ShouldBe("abc");
        driver.Send(0, (TestDriver.Data, 16, true));
        driver.Used(0).Length.ShouldBe(2);
        machine.Board.Input("d"u8);
        driver.Used(0).Length.ShouldBe(3);
        machine.Board.Input(new byte[5000]);
        machine.Statistic("virtio.console.lostInput").ShouldBe(5000u - 4096);
        machine.Statistic("lostSerialInput").ShouldBe(0u);
    }

    /// <summary>Of 256 buffers that Linux adds one by one it need not tell: 256 exits.</summary>
    [Fact]
    public void RoomForInput_IsAskedForOnlyWhileInputWaits_AndUsedWithoutBeingTold()
    {
        using TestMachine machine = new(new ConsoleDevice(this));
        TestDriver driver = new(machine);
        driver.Start(2);
        driver.IsToNotify(0).ShouldBeTrue();
        driver.Send(0, (TestDriver.Data, 2, true));
        driver.IsToNotify(0).ShouldBeFalse();
        driver.IsToNotify(1).ShouldBeTrue();

        // Three bytes and room for two.
        machine.Board.Input("abc"u8);
        driver.IsToNotify(0).ShouldBeTrue();
        driver.Send(0, (TestDriver.Data + 2, 16, true));
        driver.IsToNotify(0).ShouldBeFalse();

        // It was added without a word.
        driver.Describe(TestDriver.Descriptors(0) + (2 * 16), TestDriver.Data + 3, 16, flags: 2, next: 0);
        driver.Add(0, 2);
        machine.Board.Input("d"u8);
        driver.Used(0).ShouldBe([(0u, 2u), (1u, 1u), (2u, 1u)]);
        Encoding.ASCII.GetString(driver.Bytes(TestDriver.Data, 4)).ShouldBe("abcd");
    }

    private static byte[] Random(ulong seed, int count)
    {
        using TestMachine machine = new(new EntropyDevice(seed));
        TestDriver driver = new(machine);
        driver.Start();
        driver.Send(0, (TestDriver.Data, (uint)count, true));
        return driver.Bytes(TestDriver.Data, count).ToArray();
    }
}
