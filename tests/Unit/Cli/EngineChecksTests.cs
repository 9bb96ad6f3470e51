using Dilaton.Cli;
using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>What engines can't give is refused with its name.</summary>
public sealed class EngineChecksTests
{
    [Theory]
    [InlineData("events: {level: full}", "events.level: full", "SeesEveryAccess")]
    [InlineData("events: {level: filtered}", "events.level: filtered", "SeesEveryAccess")]
    [InlineData("time: {mode: executed}", "time.mode: executed", "StopsAtExactInstruction")]
    public void TraitsThatKvmLacks_AreRefusedNamingTheEngineThatHasThem(
        string extra, string asked, string trait)
    {
        string told = CliFixture.Mistakes(Job("kvm", extra));
        told.ShouldContain($"nodes[0].engine: {asked}");
        told.ShouldContain(trait);
        told.ShouldContain("engine: translator has it");
        told.ShouldContain("[DL0203]");
    }

    [Theory]
    [InlineData("kvm", "period: 1000", "DL0806", "give every, or engine: translator")]
    [InlineData("kvm", "warming: functional", "DL0806", "kvm counts no instructions")]
    [InlineData("translator", "every: 1ms", "DL0806", "give period, or engine: kvm")]
    [InlineData("translator", "{period: 2500, window: 1000}", "DL0807", "give such as 2000")]
    [InlineData("translator", "period: 500", "DL0807", "give such as 1000")]
    [InlineData("translator", "warming: warm", "DL0106", "functional")]
    [InlineData("translator", "{window: 600000000, period: 600000000, warmup: 600000000}", "DL0105", "are more than")]
    public void KeysOfSampling_AreThoseOfTheirEngine(string engine, string keys, string code, string message)
    {
        string text = keys.StartsWith('{') ? keys : $"{{{keys}}}";
        string told = CliFixture.Mistakes(Job(engine, $"events: {{level: sampled, sampling: {text}}}"));
        told.ShouldContain($"[{code}]");
        told.ShouldContain(message);
    }

    [Theory]
    [InlineData("memory: {caches: {l1i: none, l1d: none, l2: none, l3: none}}", "has no cache")]
    [InlineData("memory: {trace: gem5}", "memory.trace is of all")]
    public void WhatWindowsUnderTheTranslatorCantGoWith_IsRefused(string memory, string message)
    {
        string told = CliFixture.Mistakes(
            Job("translator", "events: {level: sampled}").Replace(
                "cores: {  }", memory, StringComparison.Ordinal));
        told.ShouldContain("[DL0808]");
        told.ShouldContain(message);
    }

    [Theory]
    [InlineData("")]
    [InlineData(", regionMarks: switch")]
    [InlineData(", sampling: {period: 1000000, window: 10000, warmup: 200000, warming: detailed}")]
    public void Sampling_IsTakenUnderTheTranslator(string extra)
    {
        SamplingJob? sampling = CliFixture.Good(
            Job("translator", $"events: {{level: sampled{extra}}}")).Events.Sampling;
        sampling.ShouldNotBeNull();
        sampling.Warming.ShouldBe(extra.Contains("detailed", StringComparison.Ordinal)
            ? SampleWarming.Detailed : SampleWarming.Functional);
        sampling.Period.ShouldBe(extra.Contains("period", StringComparison.Ordinal) ? 1_000_000 : 100_000);
    }

    [Theory]
    [InlineData("kvm", "every: 5ms")]
    [InlineData("translator", "period: 50000, warming: detailed")]
    public void ASamplingJob_IsReadAgainAsItIsWritten(string engine, string keys)
    {
        Job job = CliFixture.Good(Job(engine, $"events: {{level: sampled, sampling: {{{keys}}}}}"));
        string written = System.Text.Encoding.UTF8.GetString(JobWriter.Write(job, indented: true));
        CliFixture.Good(written).Events.ShouldBe(job.Events);
    }

    [Fact]
    public void CountsOfWrittenPages_AreRefusedUnderTheTranslatorNamingTheEngineThatHasThem()
    {
        string told = CliFixture.Mistakes(Job("translator", "events: {writtenPages: 10ms}"));
        told.ShouldContain("LogsWrittenPages");
        told.ShouldContain("engine: kvm has it");
    }

    [Theory]
    [InlineData("events: {writtenPages: 1us}", "out of range (1ms")]
    [InlineData("time: {base: wall, mode: dilated}\nevents: {level: sampled}", "would show")]
    [InlineData("events: {level: sampled, regionMarks: switch}", "not switched by marks")]
    [InlineData("events: {level: off, sampling: {window: 10}}", "has no windows of instructions")]
    [InlineData("events: {level: sampled, sampling: {every: 1us}}", "out of range (100us")]
    [InlineData("events: {level: sampled, sampling: {window: 0}}", "out of range (1 to 100000)")]
    [InlineData("events: {level: sampled, sampling: {window: 60000, warmup: 60000}}", "are more than 100000")]
    [InlineData("events: {level: sampled, sampling: {warmups: 1}}", "warmup")]
    public void WhatSamplingCantHave_IsRefused(string extra, string message) =>
        CliFixture.Mistakes(Job("kvm", extra)).ShouldContain(message);

    [Fact]
    public void Sampling_HasDefaults_AndIsNoneWithout()
    {
        SamplingJob? sampling = CliFixture.Good(
            Job("kvm", "events: {level: sampled, sampling: {window: 500}}")).Events.Sampling;
        sampling.ShouldNotBeNull();
        sampling.Window.ShouldBe(500);
        sampling.Warmup.ShouldBe(SamplingJob.DefaultWarmup);
        CliFixture.Good(Job("kvm", "")).Events.Sampling.ShouldBeNull();
    }

    [Theory]
    [InlineData("rates: physical")]
    [InlineData("share: 1/2")]
    public void WhatHasNoMeaningUnderKvm_IsRefused(string cores) =>
        CliFixture.Mistakes(Job("kvm", "", cores)).ShouldContain("cores.rates or cores.share");

    [Fact]
    public void DilatedTime_NeedsAnEngineThatMeasures() =>
        CliFixture.Mistakes(Job("translator", "time: {mode: dilated}"))
            .ShouldContain("give engine: kvm, or time.mode: executed");

    [Theory]
    [InlineData("kvm", "time: {tdf: 2.5}")]
    [InlineData("kvm", "time: {mode: dilated, base: run}")]
    [InlineData("kvm", "events: {level: off}")]
    [InlineData("kvm", "network: {kind: star, rates: physical}")]
    [InlineData("kvm", "time: {tdf: [{from: 0s, factor: 1}, {from: 1s, factor: 2}]}")]
    [InlineData("auto", "time: {mode: executed}")]
    public void WhatEnginesCan_IsTaken(string engine, string extra) =>
        CliFixture.Mistakes(Job(engine, extra)).ShouldBeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("events: {level: window}")]
    public void AWindow_IsTakenUnderKvm_AndIsAllThatIsSeen(string events) =>
        CliFixture.Good(Windowed(events)).Events.Level.ShouldBe(MemoryEventLevel.Window);

    [Theory]
    [InlineData("events: {level: off}", "nobody sees an access to a window")]
    [InlineData("events: {level: filtered}", "SeesEveryAccess")]
    [InlineData("time: {tdf: [{from: 0s, factor: 1}, {from: 1s, factor: 2}]}", "under kvm that is the rate")]
    public void WhatAWindowUnderKvmCantHave_IsRefused(string extra, string message) =>
        CliFixture.Mistakes(Windowed(extra)).ShouldContain(message);

    private static string Windowed(string extra) => $$"""
        apiVersion: dilaton/v1
        nodes:
          - engine: kvm
            guest:
              program: {path: /bin/true}
            memory:
              windows: [{name: far, size: 2MiB, peer: dev, kind: memory}]
        peers: [{name: dev, kind: command, program: dilaton-peer}]
        {{extra}}
        """;

    [Theory]
    [InlineData("kvm", "time: {base: wall}", "", "")]
    [InlineData("kvm", "time: {base: wall, tdf: 1/2}", "", "")]
    [InlineData("kvm", "time: {base: wall, tdf: 4}", "count: 4", "")]
    [InlineData("kvm", "time: {base: wall, tdf: 3.5}", "count: 4", "needs a TDF of 4 or more for nodes[0]")]
    [InlineData(
        "kvm", "time: {base: wall, tdf: [{from: 0s, factor: 9}, {from: 1s, factor: 2}]}", "count: 3",
        "needs a TDF of 3 or more")]
    [InlineData("kvm", "time: {base: wall}\nnetwork: {kind: star}", "", "nodes of a network wait for each other")]
    [InlineData("translator", "time: {base: wall}", "", "is a base of time.mode: dilated")]
    public void TheHostsClock_IsFollowedWhereItCanBe(string engine, string extra, string cores, string told)
    {
        string mistakes = CliFixture.Mistakes(Job(engine, extra, cores));
        if (told.Length == 0)
        {
            mistakes.ShouldBeEmpty();
        }
        else
        {
            mistakes.ShouldContain("time.base: wall");
            mistakes.ShouldContain(told);
        }
    }

    private static string Job(string engine, string extra, string cores = "") => $$"""
        apiVersion: dilaton/v1
        nodes:
          - engine: {{engine}}
            cores: { {{cores}} }
            guest:
              program: {path: /bin/true}
        {{extra}}
        """;
}
