using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Whole runs with engine: kvm.</summary>
internal static class KvmEngineCases
{
    private const string Ideal = "kernel: ideal";
    private const string Node = "engine: kvm";
    private const int Reads = 1_000;

    private static readonly (string Text, Ratio Tdf)[] s_factors =
    [
        ("1/2", new Ratio(1, 2)), ("1", Ratio.One), ("3/2", new Ratio(3, 2)), ("7", new Ratio(7, 1)),
        ("10", new Ratio(10, 1)), ("100", new Ratio(100, 1)),
    ];

    public static IReadOnlyList<SelfTestCase> All { get; } =
    [
        new("engine.program", "a program under KVM sleeps, looks at its clock and ends", On(Program)),
        new("engine.clock", "its clock never goes back while its TDF changes, and is the sum of its parts", On(Clock)),
        new("engine.dilation", "the same work takes 1 / TDF of the time, within 0.5 %", On(Dilation),
            NeedsQuietHost: true),
    ];

    private static Func<LawBench, SelfTestOutcome> On(Func<LawBench, SelfTestOutcome> trial) => bench =>
        KvmTrial.Report.CanRunPrograms
            ? trial(bench)
            : SelfTestOutcome.Skip($"KVM can't run programs here: {KvmTrial.Report.Reason}");

    private static SelfTestOutcome Program(LawBench bench)
    {
        const ulong AskedNs = 5_000_000;
        LawRun run = bench.Run([new LawNode("sleep", LawGuests.Nap(AskedNs), Node)], Ideal);
        ulong seen = run.Numbers("sleep")[0];
        return SelfTestOutcome.Check(seen >= AskedNs, $"asked for {AskedNs} ns, saw {seen} ns");
    }

    private static SelfTestOutcome Clock(LawBench bench)
    {
        // A guest that sees time go back ends with an error, which the bench throws.
        LawRun run = bench.Run(
            [new LawNode("watch", LawGuests.Watch(Reads), Node)],
            Ideal + """

            time: {tdf: [{from: 0s, factor: 1}, {from: 1ms, factor: 10}, {from: 2ms, factor: 1/2}]}
            """);
        (int wrong, int all) = run.Sums();
        ulong spanNs = run.Numbers("watch")[0];
        return SelfTestOutcome.Check(
            wrong == 0 && spanNs > 0,
            $"{Reads} reads over {spanNs} ns; V is not its parts' sum on {wrong} of {all} vCPUs");
    }

    private static SelfTestOutcome Dilation(LawBench bench)
    {
        const double ErrorMax = 0.005;
        double one = Undilated(bench, "1", Ratio.One);
        List<string> figures = [];
        double worst = 0;
        foreach ((string text, Ratio tdf) in s_factors)
        {
            double error = (Undilated(bench, text, tdf) / one) - 1;
            worst = Math.Max(worst, Math.Abs(error));
            figures.Add(string.Create(CultureInfo.InvariantCulture, $"{text}: {100 * error:+0.00;-0.00}"));
        }

        return SelfTestOutcome.Check(
            worst <= ErrorMax, $"{one / 1e9:0.00} ms of work; error in % at TDF {string.Join(", ", figures)}");
    }

    /// <returns>Virtual time x TDF, in picoseconds.</returns>
    private static double Undilated(LawBench bench, string text, Ratio tdf)
    {
        const ulong Loops = 30_000_000;
        LawRun run = bench.Run(
            [new LawNode("count", LawGuests.Count(Loops), Node)], $"{Ideal}\ntime: {{tdf: {text}}}");
        return (double)run.TimePs * tdf.Numerator / tdf.Denominator;
    }
}
