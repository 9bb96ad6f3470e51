using System.CommandLine;

namespace Dilaton.Cli;

/// <summary>`dilaton validate`.</summary>
internal static class ValidateCommand
{
    private const string CardName = "validation";

    public static Command Build()
    {
        Option<int[]> law = new("--law")
        {
            Description = "Only this law, 1 to 9; may be given several times.",
            HelpName = "N",
            AllowMultipleArgumentsPerToken = false,
        };
        Option<string> engine = new("--engine")
        {
            Description = "translator: laws 1 to 9. kvm: those that measured time has, 5 and 8.",
            HelpName = "ENGINE",
            DefaultValueFactory = _ => Laws.Engines[0].Engine,
        };
        engine.AcceptOnlyFromAmong([.. Laws.Engines.Select(known => known.Engine)]);
        Option<bool> json = new("--json") { Description = "The card as JSON." };
        Option<bool> quick = new("--quick") { Description = "Less of each law, in less time." };
        Option<string?> output = new("--output", "-o")
        {
            Description = $"Write the card to {CardName}.txt, .json and .html of this folder too.",
            HelpName = "DIR",
        };
        Command command = new(
            "validate", "Check the laws of docs/validation.md on this host; print an accuracy card.")
        {
            law, engine, json, quick, output,
        };
        command.Validators.Add(result =>
        {
            LawSet laws = Laws.Of(result.GetValue(engine));
            foreach (int number in result.GetValue(law) ?? [])
            {
                if (laws.Laws.All(known => known.Number != number))
                {
                    result.AddError($"--law {number}: with --engine {laws.Engine} there are laws "
                        + string.Join(", ", laws.Laws.Select(known => known.Number)));
                }
            }
        });
        command.SetAction(parsed => Run(
            Laws.Of(parsed.GetValue(engine)),
            parsed.GetValue(law) ?? [],
            parsed.GetValue(json),
            parsed.GetValue(quick),
            parsed.GetValue(output)));
        return command;
    }

    /// <summary>3 if a check fails; 6 if a law that was asked for by its number, or by its engine, could
    /// not be measured since the host lacks a program or KVM.</summary>
    public static int CodeOf(IReadOnlyList<LawResult> results, bool isByNumber) =>
        results.Any(r => r.Verdict == CheckVerdict.Fail) ? ExitCode.CheckFailed
        : isByNumber && results.Any(r => r.LacksTool) ? ExitCode.EnvironmentMissing
        : ExitCode.Ok;

    private static int Run(LawSet set, int[] numbers, bool json, bool quick, string? folder)
    {
        IEnumerable<Law> laws =
            set.Laws.Where(law => numbers.Length == 0 || numbers.Contains(law.Number));
        List<LawResult> results = [];
        using LawBench bench = new(quick, Console.Error);
        try
        {
            foreach (Law law in laws)
            {
                results.Add(Measure(law, bench));
            }
        }
        catch (LawRunException e) when (e.IsStopped)
        {
            return e.Code;
        }

        CardFacts facts = new(set, quick, CodeOf(results, numbers.Length > 0 || set.NeedsHost));
        Console.Out.Write(json ? AccuracyCard.Json(facts, results) : AccuracyCard.Text(set, results));
        return folder is null || Write(folder, facts, results) ? facts.ExitCode : ExitCode.Usage;
    }

    private static LawResult Measure(Law law, LawBench bench)
    {
        bench.Tell($"law {law.Number}: {law.Title}");
        List<LawCheck> checks = [];
        try
        {
            foreach (LawCheck check in law.Measure(bench))
            {
                checks.Add(check);
                bench.ThrowIfStopped();
            }
        }
        catch (Exception e) when (
            e is (LawRunException { IsStopped: false } or InvalidOperationException))
        {
            checks.Add(LawCheck.Broken("could not be measured", e.Message));
        }

        return new LawResult(law, checks);
    }

    private static bool Write(string folder, CardFacts facts, IReadOnlyList<LawResult> results)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string path = Path.Combine(folder, CardName);
            File.WriteAllText($"{path}.txt", AccuracyCard.Text(facts.Set, results));
            File.WriteAllText($"{path}.json", AccuracyCard.Json(facts, results));
            File.WriteAllText($"{path}.html", CardPage.Write(facts, results));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            DiagnosticBag bag = new();
            bag.Error(
                DiagnosticCode.OutputFolderUnwritable,
                $"the result folder '{folder}' can't be written: {e.Message}");
            Console.Error.Write(bag.Print());
            return false;
        }
    }
}
