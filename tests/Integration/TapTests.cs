using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A system guest on the host's network.</summary>
public sealed class TapTests
{
    /// <summary>A bare-metal guest asks who has the host's address, and the host's kernel answers.</summary>
    [TapFact]
    public void AGuest_SpeaksWithTheHostsKernel()
    {
        using var folder = new TempFolder();
        string results = folder.File("results");
        CommandResult run = Boot(results, "tap0");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe("10.77.0.1 is at 02aabbccddee\n");
        File.ReadAllText(Path.Combine(results, "stats.txt")).ShouldContain("board.virtio.net0.framesSent");
    }

    [TapFact]
    public void WhatIsNoTap_IsRefusedWithTheReason()
    {
        using var folder = new TempFolder();
        foreach ((string name, string why) in new[]
        {
            ("tap1", "No such device"), ("lo", "Invalid argument"), ("much-too-long-a-name", "No such device"),
        })
        {
            CommandResult run = Boot(folder.File(name), name);
            run.ExitCode.ShouldBe(6, run.Output);
            run.Error.ShouldContain("DL0632");
            run.Error.ShouldContain(why);
        }
    }

    private static CommandResult Boot(string results, string tap) => HostNetwork.Run(
        Paths.Dilaton, "run", "-q", "-o", results, "--kernel", Paths.Guest("bare", "machine"), "--append", "arp",
        "--wall-limit", "120s", "memory.size=64MiB", $"nodes[0].guest.system.tap={tap}");
}
