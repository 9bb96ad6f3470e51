using System.Text;
using Dilaton.Core;
using Dilaton.Machine;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>Lines of a console by which a guest tells what it measures.</summary>
public sealed class GuestMeasuresTests : ISerialPeer
{
    private readonly GuestMeasures _measures;
    private long _host;
    private long _ran;

    public GuestMeasuresTests() => _measures = new GuestMeasures(() => _host, () => _ran);

    void ISerialPeer.Receive(byte value)
    {
    }

    [Fact]
    public void AMeasurement_HasTheGuestsClock_VirtualTime_AndTheHostsWithAndWithoutHolds_OfAllItsRepeats()
    {
        for (ulong i = 0; i < 2; i++)
        {
            At(i * 20, (long)i * 100);
            Say("dilaton: begin disk-1\r\n");
            At((i * 20) + 2, ((long)i * 100) + 10);
            _ran += 7_000_000_000;
            Say("dilaton: end disk-1 1.", "99 1000\n");
            _ran += 1_000_000_000;
        }

        Statistic("disk-1.count").ShouldBe(2);
        Statistic("disk-1.guest").ShouldBe(3.98m);
        Statistic("disk-1.virtual").ShouldBe(4);
        Statistic("disk-1.ran").ShouldBe(14);
        Statistic("disk-1.host").ShouldBe(20);
        Statistic("disk-1.bytes").ShouldBe(2000);
        Statistic("ignored").ShouldBe(0);
    }

    [Fact]
    public void TheConsole_ReadsTheClocks_WhenTheLineComes()
    {
        using TestMachine machine = new(new ConsoleDevice(this, _measures));
        TestDriver driver = new(machine);
        driver.Start(2);
        foreach ((string line, ulong second) in new[] { ("dilaton: begin x\n", 3UL), ("dilaton: end x 0.5\n", 5UL) })
        {
            machine.Now = VirtualTime.Zero + VirtualDuration.FromSeconds(second);
            Encoding.ASCII.GetBytes(line, driver.Bytes(TestDriver.Data, line.Length));
            driver.Send(1, (TestDriver.Data, (uint)line.Length, false));
        }

        machine.Statistic("virtio.console.measures.x.virtual").ShouldBe((UInt128)2_000_000_000_000);
        Statistic("x.guest").ShouldBe(0.5m);
    }

    [Theory]
    [InlineData("dilaton: end x 1\n")]
    [InlineData("dilaton: begin\n")]
    [InlineData("dilaton: begin a.b\n")]
    [InlineData("dilaton: begin abcdefghijklmnopqrstuvwxyz\n")]
    [InlineData("dilaton: start x\n")]
    [InlineData("dilaton: \n")]
    [InlineData("dilaton: begin x\ndilaton: end x -1\n")]
    [InlineData("dilaton: begin x\ndilaton: end x 1e3\n")]
    [InlineData("dilaton: begin x\ndilaton: end x 1000001\n")]
    [InlineData("dilaton: begin x\ndilaton: end x 999999999999999999999999999999999999\n")]
    [InlineData("dilaton: begin x\ndilaton: end x 1 18446744073709551615\n")]
    [InlineData("dilaton: begin x\ndilaton: end x 1 2 3\n")]
    [InlineData("dilaton: begin x\ndilaton: end x 1\ndilaton: end x 1\n", 1)]
    public void WhatIsNoMeasurement_IsIgnoredAndCounted(string text, int measured = 0)
    {
        Say(text);
        Statistic("ignored").ShouldBe(1);
        Items().Count(item => item.Name.EndsWith(".count", StringComparison.Ordinal)).ShouldBe(measured);
    }

    [Fact]
    public void OtherLines_LongOnesToo_AreNotLookedAt()
    {
        Say("hello dilaton: begin x\n", new string('x', 100_000), "dilaton: begin y\n\n", "dilaton:begin z\n");
        Statistic("ignored").ShouldBe(0);
        Say("dilaton: begin w", new string(' ', 1000), "\n");
        Say("dilaton: end w 1\n");
        Statistic("w.count").ShouldBe(1);
    }

    [Fact]
    public void ThereIsALimitOfNames()
    {
        for (int i = 0; i < 70; i++)
        {
            Say($"dilaton: begin n{i}\n");
            Say($"dilaton: end n{i} 0\n");
        }

        Statistic("ignored").ShouldBe(2 * 6);
        Items().Count(item => item.Name.EndsWith(".count", StringComparison.Ordinal)).ShouldBe(64);
        _measures.ResetStatistics();
        Items().ShouldHaveSingleItem().Value.ShouldBe(0u);
    }

    private void At(ulong seconds, long host)
    {
        _now = VirtualTime.Zero + VirtualDuration.FromSeconds(seconds);
        _host = host * 1_000_000_000;
    }

    private VirtualTime _now;

    private void Say(params string[] parts)
    {
        foreach (string part in parts)
        {
            _measures.Receive(Encoding.ASCII.GetBytes(part), _now);
        }
    }

    private IReadOnlyList<Statistic> Items()
    {
        StatisticsList list = new();
        _measures.Collect(list);
        return list.Items;
    }

    private decimal Statistic(string name)
    {
        Statistic item = Items().Single(item => item.Name == name);
        return (decimal)item.Value / (decimal)item.Divisor;
    }
}
