using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Guests of a few instructions in whole runs: front, worker, translator, kernel, network.</summary>
internal static class TranslatorCases
{
    private const string Ideal = "kernel: ideal\nevents: {level: off}";
    private const string Small = "memory: {size: 64MiB}";
    private const int Rounds = 10;

    public static IReadOnlyList<SelfTestCase> All { get; } =
    [
        new("translator.instructions", "N instructions take N x CPI / f, to the picosecond", Instructions),
        new("translator.clock", "a guest's sleep takes as long as its clock says", Clock),
        new("translator.exit-code", "a guest that fails ends its own run, and the next one works", FailureIsTold),
        new("translator.same-bytes", "two nodes on a network give the same bytes twice", SameBytes),
    ];

    private static SelfTestOutcome Instructions(LawBench bench)
    {
        const ulong Loops = 1_000_003, Hertz = 1_234_567_891;
        const ulong Count = (2 * Loops) + 4;
        LawRun run = bench.Run(
            [
                new LawNode(
                    "count", LawGuests.Count(Loops), $"cores: {{frequency: {Hertz}Hz, model: {{cpi: 3/7}}}}"),
            ],
            Ideal);
        ulong expected = ClosedForms.ExecutionPs(Count, new Ratio(3, 7), new Frequency(Hertz));
        return SelfTestOutcome.Check(
            run.TimePs == expected,
            $"{Count} instructions: {run.TimePs} ps, law {expected} ps");
    }

    private static SelfTestOutcome Clock(LawBench bench)
    {
        // What is executed between the two looks at the clock, at a nanosecond each, is the rest.
        const ulong AskedNs = 5_000_000, RestMaxNs = 100;
        LawRun run = bench.Run(
            [new LawNode("sleep", LawGuests.Nap(AskedNs), "cores: {frequency: 1GHz, model: {cpi: 1}}")],
            Ideal);
        ulong seen = run.Numbers("sleep")[0];
        return SelfTestOutcome.Check(
            seen is >= AskedNs and <= AskedNs + RestMaxNs, $"asked for {AskedNs} ns, saw {seen} ns");
    }

    private static SelfTestOutcome FailureIsTold(LawBench bench)
    {
        GuestCode code = new();
        code.Exit(3);
        try
        {
            _ = bench.Run([new LawNode("three", code.ToImage())], Ideal);
            return SelfTestOutcome.NotOk($"a guest that ended with code 3 passed for good");
        }
        catch (LawRunException e) when (e.Code == ExitCode.GuestFailed)
        {
            LawRun next = bench.Run([new LawNode("count", LawGuests.Count(1000))], Ideal);
            return SelfTestOutcome.Ok($"told as code {e.Code}; the next guest took {next.TimePs} ps");
        }
    }

    private static SelfTestOutcome SameBytes(LawBench bench)
    {
        LawRun first = Talk(bench), second = Talk(bench);
        (int wrong, int all) = first.Sums();
        int differing = first.Bytes.Zip(second.Bytes).Count(pair => pair.First != pair.Second);
        return SelfTestOutcome.Check(
            wrong == 0 && differing == 0,
            $"{differing} of {first.Bytes.Count} results differ; V is not its parts' sum on {wrong} of {all} vCPUs");
    }

    private static LawRun Talk(LawBench bench) => bench.Run(
        [
            new LawNode("answer", LawGuests.Answer(Rounds + LawGuests.WarmPings, 1, Rounds), Small),
            new LawNode("ask", LawGuests.Ask([100], Rounds, [1000], Rounds), Small),
        ],
        "network: {kind: star}");
}
