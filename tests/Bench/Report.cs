using System.Globalization;
using System.Text;

namespace Dilaton.Tests.Bench;

/// <summary>The table of docs/performance.md.</summary>
internal static class Report
{
    private const string Begin = "<!-- bench: begin; made by ./test bench, do not edit -->";
    private const string End = "<!-- bench: end -->";

    public static string Render(BenchResult result, BenchOptions options)
    {
        var text = new StringBuilder();
        text.Append(Invariant($"Made by `{options.Command}`:\n\n"));
        foreach (string line in result.Machine)
        {
            text.Append("- ").Append(line).Append('\n');
        }

        text.Append('\n');
        Ratios(text, result);
        text.Append('\n');
        StartUps(text, result);
        Failures(text, result);
        return text.ToString();
    }

    /// <summary>Replaces what stands between the markers; makes the page if there is none.
    /// </summary>
    public static void Insert(string path, string report)
    {
        string page = File.Exists(path)
            ? File.ReadAllText(path)
            : $"# Performance\n\n{Begin}\n{End}\n";
        int begin = page.IndexOf(Begin, StringComparison.Ordinal);
        int end = page.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new InvalidDataException($"{path} lacks the lines {Begin} and {End}");
        }

        File.WriteAllText(
            path, page[..(begin + Begin.Length)] + "\n\n" + report + "\n" + page[end..]);
    }

    private static void Ratios(StringBuilder text, BenchResult result)
    {
        Row(text, ["program (native s)", .. result.Modes.Select(m => m.Title)]);
        Row(text, ["---", .. result.Modes.Select(_ => "---:")]);
        foreach (Workload program in result.Workloads)
        {
            double native = Figures.Median(result.Measurements
                .Where(m => m.Program == program.Name && m.NativeSeconds > 0)
                .GroupBy(m => m.Mode).Take(1).SelectMany(g => g.Select(m => m.NativeSeconds)));
            Row(text, [Invariant($"{program.Name} ({native:F1})"), .. result.Modes.Select(mode =>
                Cell(result, program, mode))]);
        }

        Row(text, ["**geometric mean**", .. Each(result, m => Invariant(
            $"**{Figures.GeometricMean(m.Select(x => x.Median)):F2}**"))]);
        Row(text, ["worst", .. Each(result, m => Invariant($"{m.Max(x => x.Median):F2}"))]);
        Row(text, ["spread (IQR / median, worst)", .. Each(result, m => Invariant(
            $"{100 * m.Max(x => Figures.Spread(x.Ratios)):F0} %"))]);
        Row(text, ["share of the full size", .. result.Modes.Select(m => Invariant($"{m.Share}"))]);
    }

    private static string Cell(BenchResult result, Workload program, Mode mode)
    {
        if (mode.Skips.TryGetValue(program.Name, out string? why))
        {
            return why;
        }

        Measurement m = result.Measurements.Single(
            x => x.Program == program.Name && x.Mode == mode.Name);
        return m.Failure.Length > 0 ? "failed" : Invariant($"{m.Median:F2}");
    }

    private static IEnumerable<string> Each(
        BenchResult result, Func<IReadOnlyList<Measurement>, string> figure) =>
        result.Modes.Select(mode =>
        {
            Measurement[] good = [.. result.Measurements.Where(
                m => m.Mode == mode.Name && m.Failure.Length == 0)];
            return good.Length == 0 ? "-" : figure(good);
        });

    private static void StartUps(StringBuilder text, BenchResult result)
    {
        Row(text, ["hello, world", "CPU s", "wall s", "peak resident MiB"]);
        Row(text, ["---", "---:", "---:", "---:"]);
        foreach (StartUp s in result.StartUps)
        {
            string title = result.Modes.FirstOrDefault(m => m.Name == s.Mode)?.Title ?? s.Mode;
            Row(text, [title, Invariant($"{s.CpuSeconds:F3}"), Invariant($"{s.WallSeconds:F2}"),
                Invariant($"{s.PeakKib / 1024.0:F1}")]);
        }
    }

    private static void Failures(StringBuilder text, BenchResult result)
    {
        foreach (Measurement m in result.Measurements.Where(m => m.Failure.Length > 0))
        {
            text.Append(Invariant($"\n{m.Program} in mode {m.Mode} failed: {m.Failure}\n"));
        }
    }

    private static void Row(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string Invariant(FormattableString text) =>
        text.ToString(CultureInfo.InvariantCulture);
}
