using Shouldly;
using Xunit;

namespace Dilaton.Tests.Nested;

/// <summary>What the lines of a start are taken for.</summary>
public sealed class ShellStartTests
{
    private const string Statistics = """
        node0.exits.port.count      575    # exits: accesses to I/O ports (Count)
        node0.exits.memory.count    346    # exits: accesses to addresses where no memory is (Count)
        node0.exits.readMsr.count     1    # exits
        node0.exits.writeMsr.count    0    # exits
        node0.exits.interruption.count    2    # exits
        node0.exits.end.count         0    # exits
              "virtualTimePs": 7056102224000,
        """;

    [Fact]
    public void DilatonsPowerOn_IsItsVirtualTimeBeforeTheReset()
    {
        ShellStart start = ShellStart.OfDilaton(Step(
            $"2.819114 noise\n8.207068 @ shell\n8.213327 [    5.774094] reboot: Restarting system\n{Statistics}", 0));
        start.PowerOn.ShouldBe(8.213327 - 7.056102, 1e-6);
        start.Boot.ShouldBe(8.207068 - start.PowerOn, 1e-9);
        start.Exits.ShouldBe(575 + 346 + 1 + 2);
    }

    [Fact]
    public void TheOthers_IsWhenItWasEntered()
    {
        const string Text = "7.284613 @ shell\n"
            + "7.284734 @ entered 255859 us, marked 7287930 us, 673 port accesses, 2 address accesses";
        ShellStart.OfMinimal(Step(Text, 0)).ShouldBe(new ShellStart(0.255859, 7.284613, 675));
        Should.Throw<ShouldAssertException>(() => ShellStart.OfMinimal(Step(Text, 1)));
    }

    private static SerialLog.Step Step(string text, int code) => new(code, text.Split('\n'));
}
