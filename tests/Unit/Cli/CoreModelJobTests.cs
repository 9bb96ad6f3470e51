using Dilaton.Cli;
using Dilaton.Core;
using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>`cores.model`: its two sets, and what the out-of-order one asks of the job.</summary>
public sealed class CoreModelJobTests
{
    [Fact]
    public void AnIntervalCore_HasItsOwnDefaults()
    {
        Job job = CliFixture.Good(Text("{kind: interval}"));
        CoreModelJob model = job.Nodes[0].Cores.Model;
        (model.Width, model.Window, model.LoadBuffer, model.Mshrs).ShouldBe((4, 224, 72, 12));
        model.StoreBuffer.ShouldBe(56);
        model.Cpi.ShouldBe(new Ratio(1, 4));
        job.Events.Level.ShouldBe(MemoryEventLevel.Full);
        CliFixture.Good(Text("{kind: inorder}")).Events.Level.ShouldBe(MemoryEventLevel.Filtered);
    }

    [Fact]
    public void ABranchPredictor_HasItsOwnDefaults_AndNoneIsTheDefault()
    {
        CoreModelJob none = CliFixture.Good(Text("{kind: interval}")).Nodes[0].Cores.Model;
        (none.BranchPredictor, none.BranchEntries, none.MispredictPenalty)
            .ShouldBe((BranchPredictorChoice.None, null, null));
        Job job = CliFixture.Good(Text("{branchPredictor: tage}"));
        CoreModelJob model = job.Nodes[0].Cores.Model;
        (model.BranchPredictor, model.BranchEntries, model.MispredictPenalty)
            .ShouldBe((BranchPredictorChoice.Tage, 4096, 15));
        (model.ReturnStack, model.IndirectSets, model.IndirectWays).ShouldBe((null, null, null));
        job = CliFixture.Good(Text("{branchPredictor: tage, returnStack: 16, indirectSets: 256}"));
        model = job.Nodes[0].Cores.Model;
        (model.ReturnStack, model.IndirectSets, model.IndirectWays, model.IndirectPathLength).ShouldBe((16, 256, 2, 3));
        job.Events.Level.ShouldBe(MemoryEventLevel.Filtered, "it needs no hits");
    }

    [Theory]
    [InlineData("{kind: interval, width: 6}", 1, 6)]
    [InlineData("{kind: interval, width: 6, cpi: 1/2}", 1, 2)]
    public void Width_IsTheLeastCpi(string model, ulong numerator, ulong denominator) =>
        CliFixture.Good(Text(model)).Nodes[0].Cores.Model.Cpi.ShouldBe(new Ratio(numerator, denominator));

    [Theory]
    [InlineData("{kind: interval, width: 2, cpi: 1/4}", "", "is below 1/width", "DL0201")]
    [InlineData("{kind: inorder, window: 100}", "", "only an out-of-order core has it", "DL0201")]
    [InlineData("{kind: interval, window: 0}", "", "window", "DL0105")]
    [InlineData("{branchPredictor: gshare}", "events: {level: off}", "needs caches or a peer that has them", "DL0803")]
    [InlineData("{branchPredictor: gshare, branchEntries: 1000}", "", "such as 1024", "DL0105")]
    [InlineData("{branchEntries: 1024}", "", "only a branch predictor has it", "DL0201")]
    [InlineData("{returnStack: 16}", "", "only a branch predictor has it", "DL0201")]
    [InlineData("{branchPredictor: tage, returnStack: 0}", "", "returnStack", "DL0105")]
    [InlineData("{branchPredictor: tage, indirectSets: 100}", "", "such as 128", "DL0105")]
    [InlineData("{branchPredictor: tage, indirectWays: 2}", "", "only a predictor of indirect", "DL0201")]
    [InlineData("{kind: interval}", "events: {level: filtered}", "hits that events.level: filtered", "DL0800")]
    public void WhatDoesNotGoTogether_IsRefused(string model, string extra, string message, string code)
    {
        string told = CliFixture.Mistakes(Text(model, extra));
        told.ShouldContain(message);
        told.ShouldContain($"[{code}]");
    }

    [Fact]
    public void APeerThatTimesMemory_GetsWhatThatCoreHas()
    {
        Job job = CliFixture.Good("""
            apiVersion: dilaton/v1
            nodes:
              - cores: {model: {kind: interval, cpi: 3/4, window: 100, mshrs: 7}}
                memory: {cut: l1, peer: mem}
                guest:
                  program: {path: /bin/true}
            peers: [{name: mem, kind: command, program: dilaton-peer}]
            """);
        CoreModelJob model = job.Nodes[0].Cores.Model;
        IntervalParameters core = JobMapping.OutOfOrder(model)!.ToParameters(model.Cpi.Numerator);
        (core.WindowUnits, core.LoadQueueEntries, core.MissRegisters).ShouldBe((300UL, 72, 7));
    }

    private static string Text(string model, string extra = "") => $$"""
        apiVersion: dilaton/v1
        nodes:
          - cores: {model: {{model}}}
            guest:
              program: {path: /bin/true}
        {{extra}}
        """;
}
