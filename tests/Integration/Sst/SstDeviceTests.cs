using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>Devices that SST simulates, reached through windows.</summary>
public sealed class SstDeviceTests
{
    private static string Config =>
        Path.Combine(Paths.Root, "tests", "Integration", "Sst", "devices.py");

    [SstFact]
    public void TheExamplesDevice_GivesItsSumAfterItsLatencyAndThatOfTheLinks()
    {
        string job = File.ReadAllText(SstJob.Example("device.yaml"))
            .Replace("docs/examples/sst/device.py", SstJob.Example("device.py"),
                StringComparison.Ordinal)
            .Replace("{path: ./scratch}", $"{{path: {Paths.Guest("window")}, args: [scratch, sum]}}",
                StringComparison.Ordinal);
        Run run = Run.Job(job);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe("sum 1234\naccesses before 3\n");
        run.AddsUp(1);

        // 200 ns of the device, 500 ps of the link each way.
        run.Statistic("window.scratch.latencyMax").ShouldBe(201_000);
        Sum(run, "device", "loads").ShouldBe(2UL);
        Sum(run, "device", "stores").ShouldBe(2UL);
        Sum(run, "vcpus", "window_latency").ShouldBe(4UL * 201_000);
    }

    [SstTheory]
    [InlineData(1)]
    [InlineData(4)]
    public void MemoryAndADevice_LieBehindTheSameVcpus(int cores)
    {
        Run run = Run.Job(Job(cores, $"load, '200', '{cores}'", "filtered", "cut: l1, peer: board, "));
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(cores);
        run.Statistic("window.scratch.loads").ShouldBe((200 * cores) + 1);
        Sum(run, "device", "loads").ShouldBe((200UL * (ulong)cores) + 1);
        run.Statistic("weave.requests").ShouldBeGreaterThan(100);

        // The device takes 200 ns for each of those that wait for it.
        run.Statistic("window.scratch.latencyMax").ShouldBeInRange(
            cores == 1 ? 201_000 : 601_000, (200_000 * cores) + 1_000);
        Run again = Run.Job(
            Job(cores, $"load, '200', '{cores}'", "filtered", "cut: l1, peer: board, "));
        again.Deterministic.ShouldBe(run.Deterministic);
    }

    [SstFact]
    public void ADeviceOfAnInstalledLibrary_IsReachedAsItIs()
    {
        Run run = Run.Job(Job(0, "square", "window", ""));
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe("7 squared is 49, -12 squared is 144\n");
    }

    [SstFact]
    public void APeerThatIsNoDevice_IsNamed()
    {
        // SST's memory ends where the window begins, and there is nothing else.
        Run run = Run.Job(Job(1, "load, '1'", "filtered", "cut: l1, peer: board, ")
            .Replace(Config, SstJob.Example("l2.py"), StringComparison.Ordinal));
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("peer 'board'");
    }

    private static ulong Sum(Run run, string component, string statistic) =>
        SstJob.Sum(run.Files["peers/board/statistics.csv"], component, statistic);

    private static string Job(int cores, string arguments, string level, string memory) => $$"""
        apiVersion: dilaton/v1
        nodes:
          - cores: {count: {{Math.Max(cores, 1)}}, frequency: 2GHz}
            memory:
              { {{memory}}size: 1GiB, windows: [{name: scratch, size: 4KiB, peer: board}]}
            guest:
              program: {path: {{Paths.Guest("window")}}, args: [scratch, {{arguments}}]}
        events: {level: {{level}}}
        peers:
          - {name: board, kind: sst, config: {{Config}}, args: ['{{cores}}']}
        """;
}
