namespace Dilaton.Cli;

/// <summary>Whether what the folder holds is whole and well.</summary>
/// <param name="Level">ok, warn or bad.</param>
internal sealed record ReportVerdict(string Level, string Text, IReadOnlyList<ReportPoint> Failed)
{
    public static ReportVerdict Of(ReportData data, BaselineReport? baseline)
    {
        ReportPoint[] failed = [.. data.Points.Where(p => !p.IsOk && !p.IsMissing)];
        int missing = data.Points.Count(p => p.IsMissing);
        int ok = data.Points.Count - failed.Length - missing;
        List<string> parts = [];
        if (data.IsSweep)
        {
            parts.Add($"{ok} of {data.Points.Count} points ended well");
            if (failed.Length > 0)
            {
                parts.Add($"{failed.Length} failed");
            }

            if (missing > 0)
            {
                parts.Add($"{missing} missing: this sweep is not finished");
            }
        }
        else
        {
            parts.Add($"{data.Points[0].Status}: {data.Points[0].Reason}");
        }

        if (data.Problems.Count > 0)
        {
            parts.Add(data.Problems.Count == 1
                ? "one place could not be read" : $"{data.Problems.Count} places could not be read");
        }

        if (baseline is not null)
        {
            parts.Add(baseline.IsGood ? $"{baseline.Compared} figures as in the baseline"
                : baseline.Compared == 0 ? "nothing in common with the baseline"
                : $"{baseline.Regressions.Count} figures differ from the baseline");
        }

        bool bad = failed.Length > 0 || baseline is { IsGood: false } || data.Points.Count == 0
            || (!data.IsSweep && missing > 0);
        string level = bad ? "bad" : missing > 0 || data.Problems.Count > 0 || data.Warnings.Count > 0 ? "warn" : "ok";
        return new ReportVerdict(level, string.Join("; ", parts) + ".", failed);
    }
}
