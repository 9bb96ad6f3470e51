using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Law 1 on a program of known length.</summary>
internal static class InstructionLaw
{
    private static readonly (ulong Rounds, string Cpi, Ratio Ratio, ulong Hertz)[] s_cases =
    [
        (1000, "1", Ratio.One, 3_000_000_000),
        (1_000_003, "3/7", new Ratio(3, 7), 1_234_567_891),
        (50_000_000, "5/2", new Ratio(5, 2), 2_999_999_999),
    ];

    public static IEnumerable<LawCheck> Measure(LawBench bench)
    {
        foreach ((ulong rounds, string cpi, Ratio ratio, ulong hertz) in s_cases)
        {
            ulong instructions = (2 * rounds) + 4;
            LawNode node = new(
                "count", LawGuests.Count(rounds),
                $"cores: {{frequency: {hertz}Hz, model: {{cpi: {cpi}}}}}");
            LawRun run = bench.Run([node], "kernel: ideal\nevents: {level: off}");
            yield return LawCheck.Exact(
                $"{instructions} instructions, CPI {cpi}, {hertz} Hz", "ps",
                run.TimePs, ClosedForms.ExecutionPs(instructions, ratio, new Frequency(hertz)));
        }
    }
}
