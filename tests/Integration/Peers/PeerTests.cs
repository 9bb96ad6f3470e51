using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>The same model in process and behind the wire: identical to the picosecond.</summary>
public sealed class PeerTests
{
    [RequiresPeerTheory]
    [InlineData("sha256", "3", 1, "filtered")]
    [InlineData("chase", "20000", 1, "full")]
    [InlineData("openmp", "", 4, "filtered")]
    [InlineData("threads", "", 3, "filtered")]
    public void TheModelBehindTheWire_GivesTheBytesOfTheModelInProcess(
        string program, string argument, int cores, string level)
    {
        string path = Paths.Guest(program);
        string[] arguments = argument.Length == 0 ? [] : [argument];
        Run inside = Run.Job(PeerJob.Text(path, arguments, cut: null, cores, level: level));
        inside.ExitCode.ShouldBe(0, inside.Error);
        Run model = Run.Job(PeerJob.Text(path, arguments, "hierarchy", cores, level: level));
        Same(inside, model);
        Same(inside, Run.Job(PeerJob.Text(
            path, arguments, "hierarchy", cores, "--event-driven", level)));
    }

    [RequiresPeerTheory]
    [InlineData("chase", "20000", 1)]
    [InlineData("sha256", "1", 1)]
    [InlineData("openmp", "", 4)]
    public void AnOutOfOrderCoreBehindTheWire_GivesTheBytesOfTheModelInProcess(
        string program, string argument, int cores)
    {
        string path = Paths.Guest(program);
        string[] arguments = argument.Length == 0 ? [] : [argument];
        Run Of(string? cut, string options = "") => Run.Job(
            PeerJob.Text(path, arguments, cut, cores, options, "full"), "cores.model.kind=interval");

        // The worker compares its issue engine with the peer's in each report.
        Run inside = Of(null);
        inside.ExitCode.ShouldBe(0, inside.Error);
        Same(inside, Of("hierarchy"));
        Run events = Of("hierarchy", "--event-driven");
        if (cores == 1)
        {
            Same(inside, events);
        }

        // Of several cores loads may be on their way where an interval ends, which shows in whose turn it is.
        events.ExitCode.ShouldBe(0, events.Error);
        events.AddsUp(cores);
    }

    [RequiresPeerTheory]
    [InlineData("inorder", "filtered", false)]
    [InlineData("interval", "full", false)]
    [InlineData("interval", "full", true)]
    public void MispredictedBranchesBehindTheWire_GiveTheBytesOfTheModelInProcess(
        string kind, string level, bool hasTargets)
    {
        // So small that many are wrong.
        string[] targets = hasTargets
            ? ["cores.model.returnStack=2", "cores.model.indirectSets=1", "cores.model.indirectPathLength=0"]
            : [];
        Run Of(string? cut, string options = "") => Run.Job(
            PeerJob.Text(Paths.Guest("quicksort"), ["20000"], cut, 1, options, level),
            [$"cores.model.kind={kind}", "cores.model.branchPredictor=gshare", .. targets]);
        Run inside = Of(null);
        inside.ExitCode.ShouldBe(0, inside.Error);
        inside.Statistic("vcpu0.branchMispredictions").ShouldBeGreaterThan(10_000);
        if (hasTargets)
        {
            inside.Statistic("vcpu0.returnMispredictions").ShouldBeGreaterThan(5_000);
            inside.Statistic("vcpu0.indirectMispredictions").ShouldBeGreaterThan(20);
        }

        Same(inside, Of("hierarchy"));
        Same(inside, Of("hierarchy", "--event-driven"));
    }

    [RequiresPeerFact]
    public void HostSleepsInThePeer_ChangeNothing()
    {
        string path = Paths.Guest("openmp");
        Run quick = Run.Job(PeerJob.Text(path, [], cores: 4, options: "--event-driven"));
        Run slow = Run.Job(PeerJob.Text(
            path, [], cores: 4, options: "--event-driven, --delay-host, '0ms:3ms'"));
        slow.ExitCode.ShouldBe(0, slow.Error);
        slow.Files["stats.txt"].ShouldBe(quick.Files["stats.txt"]);
        slow.Node["eventLogHash"]!.ToString().ShouldBe(quick.Node["eventLogHash"]!.ToString());
    }

    [RequiresPeerTheory]
    [InlineData("l1")]
    [InlineData("l2")]
    [InlineData("none")]
    public void AnyLevel_MayBeCutOver(string cut)
    {
        string path = Paths.Guest("sha256");
        Run run = Run.Job(PeerJob.Text(path, ["3"], cut, level: "full"));
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(1);
        Run whole = Run.Job(PeerJob.Text(path, ["3"], "hierarchy", level: "full"));
        run.Output.ShouldBe(whole.Output);

        // What passes is what misses in front of the cut: here compulsory misses only, so the
        // same behind L1 and L2; without caches every access.
        decimal passed = run.Statistic("weave.requests");
        if (cut == "none")
        {
            passed.ShouldBe(run.Statistic("caches.requests"));
            passed.ShouldBeGreaterThan(5 * whole.Statistic("weave.requests"));
        }
        else
        {
            passed.ShouldBeGreaterThanOrEqualTo(whole.Statistic("weave.requests"));
        }
    }

    [RequiresPeerTheory]
    [InlineData("")]
    [InlineData("--event-driven")]
    public void SeveralCoresWithoutCaches_GetOn(string options)
    {
        // Every access is a request, lines that one access spans among them: each waits for the
        // answer before it.
        Run run = Run.Job(PeerJob.Text(
            Paths.Guest("openmp"), [], "none", 4, options, level: "full"));
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(4);
    }

    [RequiresPeerFact]
    public void FilteredEqualsFull_BehindACutBeforeAllCaches()
    {
        // Every line costs the peer's 80 ns, so only what the filter holds back may differ: it
        // must say so in its counts.
        string path = Paths.Guest("sha256");
        Run full = Run.Job(PeerJob.Text(path, ["1"], "none", level: "full"));
        full.ExitCode.ShouldBe(0, full.Error);
        Run filtered = Run.Job(PeerJob.Text(path, ["1"], "none", level: "filtered"));
        (filtered.Statistic("caches.requests") + filtered.Statistic("caches.suppressed"))
            .ShouldBe(full.Statistic("caches.requests"));
    }

    [RequiresPeerFact]
    public void ARecording_AnswersAsThePeerDid()
    {
        using var folder = new TempFolder();
        string file = folder.File("wire.rec");
        string path = Paths.Guest("openmp");
        string job = PeerJob.Text(path, [], cores: 2, options: "--event-driven");
        Run live = Run.Job(job.Replace(
            "minLatency", $"record: {file}\n    minLatency", StringComparison.Ordinal));
        live.ExitCode.ShouldBe(0, live.Error);
        string replay = PeerJob.Replay(job, file);
        Run again = Run.Job(replay);
        again.ExitCode.ShouldBe(0, again.Error);
        again.Deterministic.ShouldBe(live.Deterministic);

        Run other = Run.Job(replay, "cores.frequency=3GHz");
        other.ExitCode.ShouldBe(5, other.Error);
        other.Error.ShouldContain("is a recording of another run");
    }

    [RequiresPeerTheory]
    [InlineData("")]
    [InlineData("--event-driven")]
    public void WithoutTheRing_AllBytesAreTheSame(string options)
    {
        using var folder = new TempFolder();
        string path = Paths.Guest("openmp");
        string job = PeerJob.Text(path, [], cores: 4, options: options);
        Run With(string ring, string file) => Run.Job(job.Replace(
            "minLatency", $"ring: {ring}\n    record: {file}\n    minLatency",
            StringComparison.Ordinal));

        Run ring = With("auto", folder.File("ring.rec"));
        ring.ExitCode.ShouldBe(0, ring.Error);
        Run socket = With("off", folder.File("socket.rec"));
        socket.ExitCode.ShouldBe(0, socket.Error);
        socket.Deterministic.ShouldBe(ring.Deterministic);
        socket.Files["stats.txt"].ShouldBe(ring.Files["stats.txt"]);
        socket.Node["eventLogHash"]!.ToString().ShouldBe(ring.Node["eventLogHash"]!.ToString());
        File.ReadAllBytes(folder.File("socket.rec"))
            .SequenceEqual(File.ReadAllBytes(folder.File("ring.rec"))).ShouldBeTrue();
    }

    private static void Same(Run inside, Run peer)
    {
        peer.ExitCode.ShouldBe(0, peer.Error);
        peer.VirtualTimePs.ShouldBe(inside.VirtualTimePs);
        peer.Output.ShouldBe(inside.Output);
        peer.Node["eventLogHash"]!.ToString().ShouldBe(inside.Node["eventLogHash"]!.ToString());
        Lines(peer).ShouldBe(Lines(inside));
    }

    /// <summary>Statistics but those that only one of the two has, and stall by cause: what comes from a
    /// peer is its memory's there, whatever asked for it. The sum, cycles.stall, is the same.</summary>
    private static List<string> Lines(Run run) =>
        [.. run.Files["stats.txt"].Split('\n').Where(line =>
            !line.StartsWith("node0.peer.", StringComparison.Ordinal)
            && !line.StartsWith("node0.dram.", StringComparison.Ordinal)
            && !line.Contains(".cycles.stall.", StringComparison.Ordinal))];
}
