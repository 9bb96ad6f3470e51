using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class JobDiagnosticsTests
{
    [Fact]
    public void EveryMistakeOfAFile_IsReportedAtOnceWithPlaceCaretHelpAndCode()
    {
        string job = """
            apiVersion: dilaton/v1
            name: first light
            nodes:
              - cores:
                  count: four
                  frequency: 2
                  model: {kind: interval, storebuffer: 4}
                guest:
                  program: {path: /bin/ls, args: [a, b], arggs: x}
            storage: {}
            time: {until: 10 parsecs}
            events: {level: ful}
            """;

        CliFixture.Mistakes(job).ShouldBe("""
            job.yaml:2:7: error: name: 'first light' is not a name [DL0107]
            name: first light
                  ^~~~~~~~~~~
            help: 1 to 64 letters, digits, '.', '_', '-', beginning with a letter or digit
            job.yaml:5:14: error: nodes[0].cores.count: 'four' is not a plain whole number [DL0110]
                  count: four
                         ^~~~
            help: write decimal digits only
            job.yaml:6:18: error: nodes[0].cores.frequency: '2' has no unit (expected a frequency such as 2.5GHz) [DL0104]
                  frequency: 2
                             ^
            job.yaml:7:31: error: nodes[0].cores.model.storebuffer: no such key [DL0101]
                  model: {kind: interval, storebuffer: 4}
                                          ^~~~~~~~~~~
            help: did you mean 'storeBuffer'?
            job.yaml:9:46: error: nodes[0].guest.program.arggs: no such key [DL0101]
                  program: {path: /bin/ls, args: [a, b], arggs: x}
                                                         ^~~~~
            help: did you mean 'args'?
            job.yaml:10:1: error: storage is not available: it is not part of this version of Dilaton [DL0109]
            storage: {}
            ^~~~~~~
            job.yaml:11:15: error: time.until: 'parsecs' is not a unit here (expected a time such as 10us; units: ps, ns, us, µs, ms, s, min, m, h) [DL0104]
            time: {until: 10 parsecs}
                          ^~~~~~~~~~
            job.yaml:12:17: error: events.level: 'ful' is not one of full, filtered, window, sampled, off [DL0106]
            events: {level: ful}
                            ^~~
            help: did you mean 'full'?

            """);
    }

    [Theory]
    [InlineData("faults")]
    [InlineData("checks")]
    public void FutureSection_IsRefusedByName(string section)
    {
        string text = CliFixture.Mistakes($"{CliFixture.Minimal}\n{section}: []\n");

        text.ShouldContain($"{section} is not available");
        text.ShouldContain("[DL0109]");
    }

    [Theory]
    [InlineData("engine: qemu", "nodes[0].engine: 'qemu' is not one of auto, translator, kvm", "DL0106")]
    [InlineData("count: 0", "0 is out of range (1 to 65534)", "DL0105")]
    [InlineData("cores: {count: 0}", "0 is out of range (1 to 1024)", "DL0105")]
    [InlineData("cores: {count: 1e3}", "'1e3' is not a plain whole number", "DL0110")]
    [InlineData("cores: {count: 010}", "'010' is not a plain whole number", "DL0110")]
    [InlineData("cores: {count: 0x10}", "'0x10' is not a plain whole number", "DL0110")]
    [InlineData("cores: {count: \"4\"}", "'4' is not a whole number, not quoted text", "DL0110")]
    [InlineData("cores: {count: yes}", "'yes' is not a plain whole number", "DL0110")]
    [InlineData("cores: {frequency: 0Hz}", "'0Hz' is not above zero", "DL0104")]
    [InlineData("cores: {model: {cpi: 0}}", "0 is out of range", "DL0105")]
    [InlineData("cores: {model: {cpi: 1/0}}", "'1/0' divides by zero", "DL0104")]
    [InlineData("cores: 4", "nodes[0].cores: expected a map of keys", "DL0103")]
    [InlineData("cores:", "nodes[0].cores: expected a map of keys, found nothing", "DL0103")]
    [InlineData("memory: {size: 4096}", "'4096' has no unit", "DL0104")]
    [InlineData("memory: {size: 1025KiB}", "1025KiB is out of range", "DL0105")]
    [InlineData("memory: {caches: {l2: {latency: 2cycles}}}", "answers after 2 cycles", "DL0201")]
    [InlineData("memory: {caches: {l1d: none}}", "needs a first-level data cache", "DL0201")]
    [InlineData("memory: {caches: {l1d: {ways: 3}}}", "is not a power of two of sets", "DL0201")]
    [InlineData("memory: {caches: {l2: {replacement: lur}}}", "did you mean 'lru'?", "DL0106")]
    [InlineData("memory: {caches: {l1d: {size: 24KiB, ways: 6, replacement: tree-plru}}}",
        "needs a power of two of ways, not 6", "DL0201")]
    [InlineData("memory: {caches: {l1i: {writes: through}}}", "an instruction cache takes no writes", "DL0201")]
    [InlineData("memory: {caches: {l1d: {replacement: srrip}}}", "l1d.replacement: filtered events", "DL0201")]
    [InlineData("memory: {caches: {l1d: {writes: through}}}", "l1d.writes: filtered events", "DL0201")]
    [InlineData("memory: {caches: {l1d: {writeMisses: no-allocate}}}", "l1d.writeMisses: filtered", "DL0201")]
    [InlineData("memory: {caches: {l1d: {prefetcher: nextline}}}", "did you mean 'next-line'?", "DL0106")]
    [InlineData("memory: {caches: {l1d: {prefetcher: stride, prefetchDegree: 17}}}",
        "17 is out of range (1 to 16)", "DL0105")]
    [InlineData("memory: {caches: {l3: {prefetcher: stream}}}", "l3 has no prefetcher", "DL0201")]
    [InlineData("memory: {caches: {l2Sharing: shared, l2: {prefetcher: stream}}}",
        "a shared l2 has no prefetcher", "DL0201")]
    [InlineData("memory: {caches: {l1d: {size: 4KiB, ways: 1, prefetcher: stream}}}",
        "no second place", "DL0201")]
    [InlineData("memory: {tlb: {dtlbEntries: 100, dtlbWays: 4}}", "such as 128", "DL0201")]
    [InlineData("memory: {tlb: {dtlbWays: 65}}", "65 is out of range (1 to 64)", "DL0105")]
    [InlineData("memory: {tlb: {stlbLatency: 1001cycles}}", "out of range (0 to 1000 cycles)", "DL0105")]
    [InlineData("memory: {tlb: {}}", "memory.tlb: filtered events would give another result", "DL0201")]
    [InlineData("memory: {caches: {inclusion: inclusive, l2: {size: 16KiB}}}",
        "16KiB can't include l1i, which holds 32KiB", "DL0201")]
    [InlineData("memory: {caches: {inclusion: inclusive, l3: {size: 256KiB}}}",
        "256KiB can't include l2, which holds 512KiB", "DL0201")]
    [InlineData("memory: {dram: {latency: 0ns}}", "out of range (1ps to 1ms)", "DL0105")]
    [InlineData("name: ''", "nodes[0].name: '' is not a name", "DL0107")]
    [InlineData("name:", "nodes[0].name has no value", "DL0111")]
    public void MistakeInANode_IsNamed(string line, string message, string code)
    {
        string text = CliFixture.Mistakes($$$"""
            apiVersion: dilaton/v1
            nodes:
              - {{{line}}}
                guest: {program: {path: /bin/true}}
            """);

        text.ShouldContain(message);
        text.ShouldContain($"[{code}]");
        text.ShouldContain("job.yaml:3:");
    }

    [Fact]
    public void APrefetcherOfAnOutOfOrderCore_IsRefused() => CliFixture.Mistakes(
        CliFixture.Minimal,
        "events.level=full",
        "cores.model.kind=interval",
        "memory.caches.l1d.prefetcher=stride").ShouldContain("interval is not part of this version");

    [Fact]
    public void WithoutCaches_NoWalkTakesTime() => CliFixture.Mistakes(
        CliFixture.Minimal,
        "events.level=full",
        "memory.caches={l1i: none, l1d: none, l2: none, l3: none}",
        "memory.tlb={}").ShouldContain("memory.tlb: without a cache");

    [Fact]
    public void PoliciesThatSeeEveryHit_RunWithFullEvents_AndOthersFiltered()
    {
        CliFixture.Good(CliFixture.Minimal, "events.level=full",
            "memory.caches.l1d.replacement=srrip", "memory.caches.l1d.writes=through",
            "memory.caches.l1d.writeMisses=no-allocate");
        CliFixture.Good(CliFixture.Minimal, "events.level=filtered",
            "memory.caches.l1d.replacement=tree-plru", "memory.caches.l1i.replacement=random",
            "memory.caches.l2.replacement=brrip", "memory.caches.l3.writes=through");
    }

    [Theory]
    [InlineData("", "filtered", "there are no hits to filter")]
    [InlineData(", cut: l1", "full", "needs the caches in front of it")]
    public void NoCacheAtAll_RefusesWhatNeedsOne(string more, string level, string message)
    {
        string text = CliFixture.Mistakes($$$"""
            apiVersion: dilaton/v1
            events: {level: {{{level}}}}
            nodes:
              - memory: {caches: {l1i: none, l1d: none, l2: none, l3: none}{{{more}}}}
                guest: {program: {path: /bin/true}}
            """);

        text.ShouldContain(message);
        text.ShouldContain("[DL0201]");
    }

    [Theory]
    [InlineData("full")]
    [InlineData("off")]
    public void NoCacheAtAll_IsAMachine(string level) => CliFixture.Good(
        CliFixture.Minimal,
        $"events.level={level}",
        "memory.caches.l1i=none",
        "memory.caches.l1d=none",
        "memory.caches.l2=none",
        "memory.caches.l3=none").Nodes[0].Memory.Caches.IsNone().ShouldBeTrue();

    [Fact]
    public void MissingParts_AreNamedWithTheirPath()
    {
        CliFixture.Mistakes("apiVersion: dilaton/v1").ShouldContain("nodes is missing [DL0102]");
        CliFixture.Mistakes("apiVersion: dilaton/v1\nnodes: []").ShouldContain("no node is given");
        CliFixture.Mistakes("apiVersion: dilaton/v1\nnodes: [{}]")
            .ShouldContain("nodes[0].guest is missing [DL0102]");
        CliFixture.Mistakes("apiVersion: dilaton/v1\nnodes: [{guest: {program: {}}}]")
            .ShouldContain("nodes[0].guest.program.path is missing [DL0102]");
        CliFixture.Mistakes("nodes: [{guest: {program: {path: /bin/true}}}]")
            .ShouldContain("apiVersion is missing [DL0108]");
    }

    [Fact]
    public void NewerVersion_IsRefusedWithTheWayOut()
    {
        string text = CliFixture.Mistakes(
            CliFixture.Minimal.Replace("dilaton/v1", "dilaton/v2", StringComparison.Ordinal));

        text.ShouldContain("apiVersion: 'dilaton/v2' is not known to this version of Dilaton");
        text.ShouldContain("a newer job needs a newer Dilaton");
    }

    [Fact]
    public void ControlCharacters_NeverReachTheTerminal()
    {
        string text = CliFixture.Mistakes(
            CliFixture.Minimal + "\nname: \"a\\e[2Jb\"\n", "cores.count=\u001b[31m4");

        text.ShouldNotContain('\u001b');
    }

    [Fact]
    public void EveryCode_HasAParagraphInTheDocumentation()
    {
        string errors = File.ReadAllText(Path.Combine(CliFixture.Root(), "docs", "errors.md"));
        string[] documented = [.. errors.Split('\n')
            .Where(line => line.StartsWith("### DL", StringComparison.Ordinal))
            .Select(line => line[4..].Trim())];

        documented.ShouldBe(
            Enum.GetValues<DiagnosticCode>().Select(Diagnostic.CodeTextOf), ignoreOrder: true);
    }
}
