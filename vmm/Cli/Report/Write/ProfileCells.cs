using System.Globalization;

namespace Dilaton.Cli;

/// <summary>A profile's rows as text. Shares are of the cycles in which the cores did not wait.</summary>
internal static class ProfileCells
{
    public const int RowsMax = 30;

    /// <summary>Before these columns all is text.</summary>
    public const int TextColumns = 2;

    /// <param name="what">That the rows are.</param>
    /// <param name="where">What else is told of each.</param>
    public static string[] CodeHead(ReportProfile profile, string what, string where) =>
        [what, where, "cycles", "share", "of them stall", "instructions", "CPI", .. profile.Misses];

    /// <summary>All code that there is: the run's statistics.</summary>
    public static string[] Sum(ReportProfile profile) =>
        Code(profile, new ReportProfileRow("all, without waiting", "", profile.Totals));

    public static string[] Code(ReportProfile profile, ReportProfileRow row)
    {
        double cycles = profile.Value(row.Values, ReportProfile.Cycles)
            - profile.Value(row.Values, ReportProfile.Waiting);
        double running = cycles - profile.Value(row.Values, "kernel");
        double stall = running - profile.Value(row.Values, "executed");
        double instructions = profile.Value(row.Values, "instructions");
        return
        [
            row.Name, row.Where, ProfileFigure.Grouped(cycles), Share(cycles, profile.Busy), Share(stall, cycles),
            ProfileFigure.Grouped(instructions),
            instructions > 0 ? (running / instructions).ToString("0.00", CultureInfo.InvariantCulture) : "",
            .. Misses(profile, row),
        ];
    }

    public static string[] DataHead(ReportProfile profile) =>
        ["memory", "which", "stall cycles", "share", .. profile.Misses.Where(IsOfMemory)];

    public static string[] Data(ReportProfile profile, ReportProfileRow row)
    {
        double cycles = profile.Value(row.Values, ReportProfile.Cycles);
        return
        [
            row.Name, row.Where, ProfileFigure.Grouped(cycles), Share(cycles, profile.Busy),
            .. profile.Misses.Where(IsOfMemory)
                .Select(column => ProfileFigure.Grouped(profile.Value(row.Values, column))),
        ];
    }

    private static IEnumerable<string> Misses(ReportProfile profile, ReportProfileRow row) =>
        profile.Misses.Select(column => ProfileFigure.Grouped(profile.Value(row.Values, column)));

    private static bool IsOfMemory(string column) => column != "mispredictions";

    private static string Share(double part, double whole) =>
        whole > 0 ? (100 * part / whole).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "";
}
