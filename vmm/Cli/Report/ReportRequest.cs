using System.Globalization;

namespace Dilaton.Cli;

/// <summary>What was asked of `dilaton report`.</summary>
/// <param name="Output">Null for report.html in the first folder.</param>
/// <param name="Baseline">Null for none.</param>
/// <param name="Tolerance">As typed; null for 0.</param>
internal sealed record ReportRequest(
    IReadOnlyList<string> Folders, string? Output, bool IsMarkdown, string? Baseline, string? Tolerance)
{
    public int Execute()
    {
        DiagnosticBag bag = new();
        double tolerance = ReadTolerance(bag);
        ReportData? data = ReportLoader.Load(Folders, bag);
        ReportData? before = Baseline is null ? null : ReportLoader.Load([Baseline], bag);
        if (data is null || bag.HasErrors)
        {
            Console.Error.Write(bag.Print());
            return ExitCode.Usage;
        }

        BaselineReport? compared = before is null ? null : BaselineReport.Of(before, data, tolerance);
        ReportModel model = new(data, compared);
        if (IsMarkdown)
        {
            Console.Out.Write(MarkdownWriter.Write(model));
        }
        else if (!WritePage(model, bag))
        {
            Console.Error.Write(bag.Print());
            return ExitCode.Usage;
        }

        return compared is { IsGood: false } ? ExitCode.CheckFailed : ExitCode.Ok;
    }

    /// <returns>As a part of 1; 0 with an error if it is neither a share nor a percentage.</returns>
    private double ReadTolerance(DiagnosticBag bag)
    {
        if (Tolerance is null)
        {
            return 0;
        }

        string text = Tolerance.TrimEnd('%').Trim();
        bool ok = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && Tolerance.TrimEnd().EndsWith('%') && value >= 0 && double.IsFinite(value);
        if (!ok)
        {
            bag.Error(
                DiagnosticCode.BadOption,
                $"--tolerance: '{Tolerance}' is no percentage (expected one such as 2%)");
        }
        else if (Baseline is null)
        {
            bag.Error(DiagnosticCode.BadOption, "--tolerance says nothing without --baseline");
        }

        return ok ? value / 100 : 0;
    }

    private bool WritePage(ReportModel model, DiagnosticBag bag)
    {
        string path = Path.GetFullPath(Output ?? Path.Combine(Folders[0], "report.html"));
        string text = PageWriter.Write(model, Path.GetDirectoryName(path)!);
        try
        {
            File.WriteAllText($"{path}.new", text);
            File.Move($"{path}.new", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            bag.Error(DiagnosticCode.OutputFolderUnwritable, $"the report '{path}' can't be written: {e.Message}");
            return false;
        }

        foreach (ReportProblem problem in model.Data.Problems.Take(20))
        {
            Console.Error.WriteLine($"dilaton: warning: {problem}");
        }

        Console.Out.WriteLine($"{model.Verdict.Text} Report: {path}");
        return true;
    }
}
