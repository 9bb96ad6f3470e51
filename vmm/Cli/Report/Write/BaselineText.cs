namespace Dilaton.Cli;

/// <summary>A comparison in words.</summary>
internal static class BaselineText
{
    public static string Of(BaselineReport baseline)
    {
        string tolerance = baseline.Tolerance == 0
            ? "to the last digit" : $"within {NumberText.Percent(baseline.Tolerance)}";
        string added = baseline.Added > 0 ? $" {baseline.Added} figures are new." : "";
        return $"{baseline.Compared} figures are in both, matched by swept values and repeat, and compared "
            + $"{tolerance}; host times are not compared. {baseline.Regressions.Count} differ or are gone.{added}";
    }

    public static string Change(BaselineRow row) =>
        double.IsNaN(row.Now) ? "gone"
        : double.IsInfinity(row.Change) ? "was 0"
        : (row.Change > 0 ? "+" : "") + NumberText.Percent(row.Change);
}
