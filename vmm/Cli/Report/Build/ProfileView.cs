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
                ? $"These cycles ({string.Join(", ", _bound.Select(NameOf))}) by function:"
                : "Its other cycles by function:";
            double all = Profile.Sum(Profile.Totals, columns);
            Add(words, what, Most(Profile.Functions, columns, all, "in "));
            Add(words, "By line:", Most(Profile.Lines, columns, all, "at "));
            Add(words, "By what was missed:", Most(Profile.Data, columns, all, ""));
            return words;
        }
    }

    private static void Add(List<string> words, string lead, string most)
    {
        if (most.Length > 0)
        {
            words.Add($"{lead} {most}.");
        }
    }

    /// <summary>"62.0 % in walk (where), 20.0 % in stay (where)"; empty if nobody has much.</summary>
    private string Most(IReadOnlyList<ReportProfileRow> rows, string[] columns, double all, string at)
    {
        (ReportProfileRow Row, double Share)[] most =
        [
            .. rows.Select(row => (row, all > 0 ? Profile.Sum(row.Values, columns) / all : 0))
                .Where(r => r.Item2 >= WorthTelling)
                .OrderByDescending(r => r.Item2)
                .Take(NamesMax),
        ];
        return string.Join(", ", most.Select(r =>
            $"{NumberText.Percent(r.Share)} {at}{r.Row.Name}" + (r.Row.Where.Length > 0 ? $" ({r.Row.Where})" : "")));
    }

    /// <param name="key">As statistics name a part after "cycles.".</param>
    private static string ColumnOf(string key) =>
        key.StartsWith("stall.", StringComparison.Ordinal) ? key["stall.".Length..] : key;
}
