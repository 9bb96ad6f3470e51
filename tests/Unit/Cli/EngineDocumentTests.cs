using System.Globalization;
using System.Text;
using Dilaton.Cli;
using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>docs/engines.md says what the engines declare, and what the reader of jobs does. `./test gen` runs this
/// with DILATON_TEST_GENERATE=1, which writes it anew.</summary>
public sealed class EngineDocumentTests
{
    private const string Head = """
        # Engines, clock rungs and traits

        Made from the code: traits are those that engines declare and jobs are held against, clock rungs
        those that `dilaton doctor` looks for ("KVM rungs") and a result's `clockRung` tells, and whether a job is taken
        is what its reader says of one that asks for nothing else. `./test gen` writes it anew.

        """;

    private const string Program = """
        apiVersion: dilaton/v1
        nodes:
          - {engine: ENGINE, guest: {program: {path: /bin/true}}}
        """;

    private const string System = """
        apiVersion: dilaton/v1
        nodes:
          - {engine: ENGINE, guest: {system: {kernel: /boot/vmlinuz}}}
        """;

    private const string Caches = "nodes[0].memory.caches.l1d={size: 32KiB}";

    /// <summary>What a job may ask for; each with what else it needs.</summary>
    private static readonly (string Ask, string[] Changes)[] s_asks =
    [
        ("nothing", []),
        ("`cores.count: 4` (SMP)", ["nodes[0].cores.count=4"]),
        ("two nodes and a network", ["nodes[0].count=2", "network={kind: star}"]),
        ("`cores.kinds`: cores that are not alike", ["nodes[0].cores.kinds=[{}, {speed: 1/2}]"]),
        ("`guest.system.speeds`: cores that are not alike",
            ["nodes[0].cores.count=2", "nodes[0].guest.system.speeds=[1, 1/2]"]),
        ("`guest.system.interrupts: exact`", ["nodes[0].guest.system.interrupts=exact"]),
        ("`time.mode: executed`", ["time.mode=executed"]),
        ("`time.mode: dilated`, `base: run`", ["time.mode=dilated", "time.base=run"]),
        ("`time.mode: dilated`, `base: wall`", ["time.mode=dilated", "time.base=wall"]),
        ("`time.tdf: 5`", ["time.tdf=5", "nodes[0].cores.rates=RATES"]),
        ("`time.tdf: 1/2`", ["time.tdf=1/2", "nodes[0].cores.rates=RATES"]),
        ("`time.tdf` that changes",
            ["time.tdf=[{from: 0s, factor: 1}, {from: 1s, factor: 2}]", "nodes[0].cores.rates=RATES"]),
        ("`events.level: full`", ["events.level=full", Caches]),
        ("`events.level: filtered`", ["events.level=filtered", Caches]),
        ("`events.level: sampled`", ["events.level=sampled", Caches]),
        ("`events.writtenPages`", ["events.writtenPages=1ms"]),
        ("a window of memory (`memory.windows`)",
            ["nodes[0].memory.windows=[{name: far, base: 0x100000000, size: 1MiB}]"]),
        ("a peer that times its memory",
            ["nodes[0].memory.peer=p", Caches, "events.level=filtered", "peers=[{name: p, kind: manual}]"]),
        ("`cores.model.kind: interval`", ["nodes[0].cores.model.kind=interval"]),
        ("two hosts", ["hosts=[{name: here}, {name: there}]", "nodes[0].count=2", "network={kind: star}"]),
    ];

    [Fact]
    public void Document_IsThatOfTheCode()
    {
        string made = Build();
        string path = Path.Combine(CliFixture.Root(), "docs", "engines.md");
        if (Environment.GetEnvironmentVariable("DILATON_TEST_GENERATE") == "1")
        {
            File.WriteAllText(path, made);
            return;
        }

        File.ReadAllText(path).ShouldBe(made, "run ./test gen");
    }

    /// <summary>Else a row says nothing of what it asks for.</summary>
    [Fact]
    public void EachThingAsked_IsTakenFromSomeEngine_ButForWhatNobodyHas() =>
        s_asks.Where(ask => EngineKind.All.All(kind => Answer(kind, ask.Changes) != "yes"))
            .Select(ask => ask.Ask).ShouldBeEmpty();

    [Fact]
    public void EachRung_IsAnEngines()
    {
        ClockRung.All.ShouldAllBe(rung => EngineKind.All.Any(kind => kind.Rungs.Contains(rung)));
        EngineKind.All.SelectMany(kind => kind.Rungs).ShouldAllBe(rung => ClockRung.All.Contains(rung));
    }

    private static string Build()
    {
        StringBuilder text = new(Head);
        text.Append("\n## Traits\n\n");
        Table(
            text,
            "trait",
            [],
            Enum.GetValues<EngineTraits>().Where(trait => trait != EngineTraits.None)
                .Select(trait => (trait.ToString(), EngineKind.All.Select(kind => Cell(kind, trait)))));
        text.Append("\n## Clock rungs\n\n");
        Table(
            text,
            "rung",
            ["guests see", "it needs"],
            ClockRung.All.Select(rung => (
                rung.Name,
                EngineKind.All.Select(kind => kind.Rungs.Contains(rung) ? "yes" : "-").Append(rung.What)
                    .Append(rung.Needs))));
        text.Append("\n## Jobs\n\nRefusals have their codes ([errors](errors.md)). `--gdb` is refused (DL0670) where ")
            .Append("`StopsAtExactInstruction` is missing.\n\n");
        Table(
            text,
            "a job that asks for",
            [],
            s_asks.Select(ask => (ask.Ask, EngineKind.All.Select(kind => Answer(kind, ask.Changes)))));
        return text.ToString();
    }

    private static void Table(
        StringBuilder text, string first, string[] more, IEnumerable<(string Name, IEnumerable<string> Cells)> rows)
    {
        string[] heads = [first, .. EngineKind.All.Select(kind => $"{kind.Word}, {kind.Guest}"), .. more];
        text.Append("| ").AppendJoin(" | ", heads).Append(" |\n|");
        text.Append(string.Concat(Enumerable.Repeat(" --- |", heads.Length))).Append('\n');
        foreach ((string name, IEnumerable<string> cells) in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {name} | ").AppendJoin(" | ", cells).Append(" |\n");
        }
    }

    private static string Cell(EngineKind kind, EngineTraits trait) =>
        kind.Has(trait) ? "yes" : (kind.HostTraits & trait) == trait ? "if RDTSC is virtual" : "-";

    private static string Answer(EngineKind kind, string[] changes)
    {
        bool isCounted = kind == EngineKind.Translator;
        string text = (kind == EngineKind.KvmSystems ? System : Program)
            .Replace("ENGINE", kind.Word, StringComparison.Ordinal);
        string[] own = [.. changes.Select(
            change => change.Replace("RATES", isCounted ? "physical" : "virtual", StringComparison.Ordinal))];
        (Job? job, DiagnosticBag bag) = CliFixture.Read(text, own);
        return job is not null ? "yes" : string.Join(", ", bag.Items
            .Where(item => item.IsError)
            .Select(item => $"DL{(int)item.Code:0000}").Distinct());
    }
}
