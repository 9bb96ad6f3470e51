namespace Dilaton.Cli;

/// <summary>A node's profile and what follows from it: its CPI stack, and who is in the part of it that
/// bounds the node.</summary>
internal sealed class ProfileView
{
    private const double WorthTelling = 0.05;
    private const int NamesMax = 3;

    private readonly CpiStack? _stack;
    private readonly string[] _bound;

    public ProfileView(ReportProfile profile, IReadOnlyList<RunStatistic> statistics)
    {
        Profile = profile;
        _stack = CpiStack.Of(
            key => profile.Total(ColumnOf(key["cycles.".Length..])),
            name => statistics.FirstOrDefault(s => s.Name == $"{profile.Node}.{name}")?.Value ?? double.NaN);
        string[] bound = _stack is null ? [] : [.. _stack.BoundKeys.Select(ColumnOf)];
        _bound = [.. bound.Where(column => profile.Parts.Contains(column))];
    }

    public ReportProfile Profile { get; }

    /// <summary>As the CPI stack names a part of the cycles.</summary>
    public static string NameOf(string column) => CpiStack.NameOf(
        column is "executed" or "kernel" or "waiting" ? column : $"stall.{column}") ?? column;

    /// <summary>What bounds the node, and whose cycles those are.</summary>
    public IReadOnlyList<string> Words
    {
        get
        {
            List<string> words = [];
            if (_stack is not null)
            {
                words.Add($"{Profile.Node} is bound by {_stack.Words}.");
            }

            // Waiting is of no place.
            string[] columns = _bound.Length > 0 ? _bound : [.. Profile.Parts];
            string what = _bound.Length > 0
                ? $"Of its cycles of that ({string.Join(", ", _bound.Select(NameOf))}) "
                : "Of its cycles without waiting ";
            double all = Profile.Sum(Profile.Totals, columns);
            string code = Most(Profile.Functions, columns, all);
            if (code.Length > 0)
            {
                words.Add($"{what}{code}.");
            }

            string lines = Most(Profile.Lines, columns, all);
            if (lines.Length > 0)
            {
                words.Add($"By line: {lines}.");
            }

            string memory = Most(Profile.Data, columns, all);
            if (memory.Length > 0)
            {
                words.Add($"By what was missed: {memory}.");
            }

            return words;
        }
    }

    /// <summary>"62.0 % are of walk (where), 20.0 % of stay (where)"; empty if nobody has much.</summary>
    private string Most(IReadOnlyList<ReportProfileRow> rows, string[] columns, double all)
    {
        (ReportProfileRow Row, double Share)[] most =
        [
            .. rows.Select(row => (row, all > 0 ? Profile.Sum(row.Values, columns) / all : 0))
                .Where(r => r.Item2 >= WorthTelling)
                .OrderByDescending(r => r.Item2)
                .Take(NamesMax),
        ];
        return string.Join(", ", most.Select((r, i) =>
            $"{NumberText.Percent(r.Share)} {(i == 0 ? "are of " : "of ")}{r.Row.Name}"
            + (r.Row.Where.Length > 0 ? $" ({r.Row.Where})" : "")));
    }

    /// <param name="key">As statistics name a part after "cycles.".</param>
    private static string ColumnOf(string key) =>
        key.StartsWith("stall.", StringComparison.Ordinal) ? key["stall.".Length..] : key;
}
