namespace Dilaton.Cli;

/// <summary>What a run was about when: pieces of a node's timeline.</summary>
internal static class TimePhases
{
    public const int PiecesMax = 10;

    private const int PhasesMax = 6;
    private const double LeastShare = 0.05;
    private static readonly string[] s_parts = ["executed", "stall", "kernel", "waiting"];

    /// <summary>Rows of a node, joined into a few of about the same length.</summary>
    public static IReadOnlyList<TimelineRow> Pieces(IReadOnlyList<TimelineRow> rows)
    {
        int each = Math.Max(1, (rows.Count + PiecesMax - 1) / PiecesMax);
        return [.. rows.Chunk(each).Select(chunk => chunk.Aggregate((sum, row) => sum.With(row)))];
    }

    /// <summary>The largest part of the time in each phase, in words; empty without rows.</summary>
    public static string Words(IReadOnlyList<TimelineRow> rows)
    {
        List<TimelineRow> phases = Of(rows);
        if (phases.Count == 0)
        {
            return "";
        }

        string node = phases[0].Node;
        if (phases.Count == 1)
        {
            return $"Over time: on {node} the largest part is {Largest(phases[0])} from beginning to end.";
        }

        IEnumerable<string> texts = phases.Select((phase, i) => i == phases.Count - 1
            ? $"then {Largest(phase)} to the end"
            : $"until {MetricScale.Show(phase.End, "Tick")} {Largest(phase)}");
        return $"Over time: on {node} the largest part is {string.Join(", ", texts)}.";
    }

    /// <summary>Neighbours with the same largest part joined, and what is too short to matter with the
    /// longer one of its neighbours.</summary>
    public static List<TimelineRow> Of(IReadOnlyList<TimelineRow> rows)
    {
        List<TimelineRow> phases = [];
        foreach (TimelineRow row in rows)
        {
            phases.Add(row);
            JoinEqual(phases, phases.Count - 1);
        }

        double least = phases.Count == 0 ? 0 : LeastShare * (phases[^1].End - phases[0].Begin);
        while (phases.Count > 1)
        {
            int shortest = Enumerable.Range(0, phases.Count).MinBy(i => Length(phases[i]));
            if (Length(phases[shortest]) >= least && phases.Count <= PhasesMax)
            {
                break;
            }

            bool left = shortest == phases.Count - 1
                || (shortest > 0 && Length(phases[shortest - 1]) >= Length(phases[shortest + 1]));
            int at = left ? shortest - 1 : shortest;
            phases[at] = phases[at].With(phases[at + 1]);
            phases.RemoveAt(at + 1);
            JoinEqual(phases, at + 1);
            JoinEqual(phases, at);
        }

        return phases;
    }

    private static void JoinEqual(List<TimelineRow> phases, int at)
    {
        if (at > 0 && at < phases.Count && LargestOf(phases[at]) == LargestOf(phases[at - 1]))
        {
            phases[at - 1] = phases[at - 1].With(phases[at]);
            phases.RemoveAt(at);
        }
    }

    private static double Length(TimelineRow row) => row.End - row.Begin;

    private static int LargestOf(TimelineRow row)
    {
        IReadOnlyList<double> parts = row.Parts;
        return Enumerable.Range(0, parts.Count).MaxBy(i => parts[i]);
    }

    private static string Largest(TimelineRow row)
    {
        int part = LargestOf(row);
        double sum = row.Parts.Sum();
        return sum > 0 ? $"{s_parts[part]} ({NumberText.Percent(row.Parts[part] / sum)})" : s_parts[part];
    }
}
