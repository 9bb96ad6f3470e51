using System.Text.Json.Nodes;
using Dilaton.Cli;
using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>From measured rates to what `dilaton plan` says.</summary>
public sealed class PlannerTests
{
    [Fact]
    public void OneNode_ShowsItsWorkersTimeByWhatAnEventlessRunNeeds()
    {
        // 2 s of host time for 0.5 s; a quarter of the processor time goes without events.
        RunPlan plan = Made(One(Node("a", host: 2, virtually: 0.5, cpu: 1.8)) with
        {
            CpuPerInstruction = 4e-9,
            CpuPerInstructionWithoutMemory = 1e-9,
        });
        plan.Slowdown.ShouldBe(4, 1e-9);
        Part(plan, Planner.Translator).ShouldBe(0.9 / 4, 1e-9);
        Part(plan, Planner.MemoryModel).ShouldBe(0.9 * 3 / 4, 1e-9);
        Part(plan, Planner.Processors).ShouldBe(0.1, 1e-9);
        plan.Binding.Resource.ShouldBe(Planner.MemoryModel);
        plan.Shares.Sum(share => share.Part).ShouldBe(1, 1e-9);
        plan.ProcessorUse.ShouldBe(1.8 / 2 / 4, 1e-9);
    }

    [Fact]
    public void WaitingForAPeer_IsThePeers_EvenWhileTheWorkerLooksForItsAnswer()
    {
        RunPlan plan = Made(One(Node("a", host: 2, virtually: 0.1, cpu: 1.5, peer: 1.4)));
        Part(plan, Planner.Peer).ShouldBe(0.7, 1e-9);
        Part(plan, Planner.Translator).ShouldBe(0.3, 1e-9);
        plan.Binding.Resource.ShouldBe(Planner.Peer);
    }

    [Fact]
    public void InANetwork_TheRestIsTheFrontsAndTheRounds()
    {
        PlanMeasurement measured = One(
            Node("a", host: 2, virtually: 0.01, cpu: 0.3, front: 0.5),
            Node("b", host: 2, virtually: 0.01, cpu: 0.6, front: 0.5)) with
        {
            HasNetwork = true,
        };
        RunPlan plan = Made(measured);
        plan.Slowest.Name.ShouldBe("b");
        Part(plan, Planner.Translator).ShouldBe(0.3, 1e-9);
        Part(plan, Planner.Network).ShouldBe(0.25, 1e-9);
        Part(plan, Planner.Synchronisation).ShouldBe(0.45, 1e-9);
        plan.Binding.Resource.ShouldBe(Planner.Synchronisation);

        // The same on a host that has no processor to spare.
        RunPlan crowded = Made(measured with { HostProcessors = 1 });
        crowded.ProcessorUse.ShouldBe(0.7, 1e-9);
        RunPlan full = Made(measured with
        {
            HostProcessors = 1,
            Nodes = [.. measured.Nodes, Node("c", host: 2, virtually: 0.01, cpu: 0.5, front: 0.5)],
        });
        full.ProcessorUse.ShouldBe(0.95, 1e-9);
        Part(full, Planner.Synchronisation).ShouldBe(0);
        Part(full, Planner.Processors).ShouldBe(0.45, 1e-9);
    }

    [Fact]
    public void TheHalves_AreTheUncertainty_AndTheWorseOneCounts()
    {
        PlanNode node = Node("a", host: 2, virtually: 0.2, cpu: 2) with
        {
            First = new PlanSpan(1, 0.125, 1e8, 1, 0, 0),
            Second = new PlanSpan(1, 0.075, 1e8, 1, 0, 0),
        };
        RunPlan plan = Made(One(node));
        plan.Slowdown.ShouldBe(10, 1e-9);
        plan.SlowdownMax.ShouldBe(1 / 0.075, 1e-9);
        plan.Spread!.Value.ShouldBe((1 / 0.075 - 8) / ((1 / 0.075 + 8) / 2), 1e-9);
        plan.SmallestTdf.ShouldBe(13.4);
        Made(One(Node("a", 2, 0.2, 2))).Spread.ShouldBeNull();
    }

    [Fact]
    public void OfNodesThatRunApart_TheSlowestThatIsNotOverDecides()
    {
        RunPlan plan = Made(One(
            Node("over", host: 1, virtually: 0.001, cpu: 1) with { HasEnded = true },
            Node("slow", host: 2, virtually: 0.5, cpu: 2),
            Node("fast", host: 2, virtually: 1, cpu: 2)));
        plan.Slowest.Name.ShouldBe("slow");
        plan.IsWhole.ShouldBeFalse();
    }

    [Theory]
    [InlineData("1", null)]
    [InlineData("10", 0.1)]
    public void WithPhysicalCores_NoTdfHelps_OrAnyDoes(string tdf, double? smallest)
    {
        RatioText.TryParse(tdf, out Ratio factor, out _).ShouldBeTrue();
        RunPlan plan = Made(One(Node("a", host: 2, virtually: 0.5, cpu: 2)) with
        {
            HasPhysicalCores = true,
            Tdf = factor,
        });
        plan.SmallestTdf.ShouldBe(smallest);
        plan.TdfReason.ShouldContain("slowdown and TDF grow together");
    }

    [Fact]
    public void NodesOfOneWorker_HaveItsProcessorTimeOnce() => Planner.CpuSeconds(
    [
        Node("a", 2, 1, cpu: 1),
        Node("a too", 2, 1, cpu: 1.25),
        Node("b", 2, 1, cpu: 0.5),
    ]).ShouldBe(1.75);

    [Fact]
    public void WithoutVirtualTime_NothingIsSaid() =>
        Planner.Make(One(Node("a", host: 2, virtually: 0, cpu: 2))).ShouldBeNull();

    [Fact]
    public void Text_NamesTheBasisAndWhatIsShort()
    {
        RunPlan plan = Made(One(Node("a", host: 2, virtually: 0.5, cpu: 1.8)) with
        {
            NeededBytes = 8UL << 30,
            HostBytes = 4UL << 30,
            FreeBytes = 2UL << 30,
            FailedGuests = ["a: the guest exited with code 3"],
        });
        string text = PlanText.Of(plan, "job");
        text.ShouldContain("slowdown                   4   # host time / virtual time");
        text.ShouldContain("the host has 4096 MiB, 2048 MiB free: less than the guests may use");
        text.ShouldContain("later phases may differ");
        text.ShouldContain("failed: a: the guest exited with code 3");
        text.ShouldContain("keeps up at a TDF of       4");
        JsonNode json = JsonNode.Parse(PlanJson.Of(plan, "job"))!;
        json["slowdown"]!.GetValue<double>().ShouldBe(4, 1e-9);
        json["memory"]!["fits"]!.GetValue<bool>().ShouldBeFalse();
        json["spread"].ShouldBeNull();
        json["shares"]![Planner.Translator]!.GetValue<double>().ShouldBe(0.9, 1e-9);
    }

    [Fact]
    public void Calibration_BeginsWhenAllNodesTimeGoesOn_AndComparesHalves()
    {
        Calibration calibration = new(1, isShared: false);
        for (int i = 0; i <= 16; i++)
        {
            double at = i * 0.1;
            calibration.Take(0, 0, Told(i == 0, i < 3 ? 0 : (ulong)(i - 2) * 1_000_000, at), at);
            calibration.IsOver(1, at).ShouldBe(i >= 13, $"{at} s");
        }

        PlanNode node = calibration.Nodes(["a"]).Single();
        node.HasEnded.ShouldBeFalse();
        node.Whole.HostSeconds.ShouldBe(1.2, 1e-6); // From 0.3 s on, without the stop.
        node.Whole.VirtualSeconds.ShouldBe(12e-6, 1e-12);
        node.First!.Value.Slowdown.ShouldBe(node.Second!.Value.Slowdown, 1e-3);
    }

    [Fact]
    public void CpuPerInstruction_IsFromStartToEnd_EachWorkerOnce()
    {
        // Nodes 0 and 1 share a worker; what one tells on its way is old, and counts for nothing.
        Calibration calibration = new(1, isShared: false);
        foreach ((int node, int worker) in new[] { (0, 0), (1, 0), (2, 1) })
        {
            calibration.Take(node, worker, Told(true, 0, 0.5), 0);
            calibration.Take(node, worker, Told(false, 1_000, 1.5), 1);
            calibration.Take(node, worker, Told(false, 1_000_000_000, 2.5), 2);
        }

        calibration.CpuPerInstruction().ShouldBe((2.0 + 2.0) / 3e6);
        new Calibration(1, isShared: false).CpuPerInstruction().ShouldBeNull();
    }

    private static WorkerMessage Told(bool starts, ulong timePs, double cpu) => new()
    {
        Kind = starts ? WorkerMessageKind.Started : WorkerMessageKind.Progress,
        TimePs = timePs,
        Instructions = timePs / 1000,
        CpuSeconds = cpu,
    };

    private static RunPlan Made(PlanMeasurement measured)
    {
        RunPlan? plan = Planner.Make(measured);
        plan.ShouldNotBeNull();
        return plan;
    }

    private static double Part(RunPlan plan, string resource) =>
        plan.Shares.Single(share => share.Resource == resource).Part;

    private static PlanNode Node(
        string name, double host, double virtually, double cpu, double peer = 0, double front = 0) =>
        new(name, name[0], new PlanSpan(host, virtually, 1e9, cpu, peer, front), null, null, false);

    private static PlanMeasurement One(params PlanNode[] nodes) => new()
    {
        Nodes = nodes,
        HasNetwork = false,
        Frames = 10,
        Rounds = 20,
        NetworkVirtualSeconds = 1,
        CpuPerInstruction = null,
        CpuPerInstructionWithoutMemory = null,
        HostProcessors = 4,
        NeededBytes = 1 << 30,
        UsedBytes = 1 << 20,
        HostBytes = 4UL << 30,
        FreeBytes = 2UL << 30,
        Tdf = Ratio.One,
        HasPhysicalCores = false,
        HasPhysicalNetwork = false,
        FailedGuests = [],
    };
}
