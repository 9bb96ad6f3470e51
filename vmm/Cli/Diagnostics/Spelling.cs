namespace Dilaton.Cli;

/// <summary>Finds the word an operator most likely meant.</summary>
internal static class Spelling
{
    /// <returns>The nearest candidate, or null if none is near.</returns>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        string? best = null;
        int bestDistance = int.MaxValue;
        foreach (string candidate in candidates)
        {
            int limit = Math.Max(1, Math.Max(word.Length, candidate.Length) / 3);
            int distance = Distance(Fold(word), Fold(candidate), limit);
            if (distance <= limit && distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>Help text with the nearest word, or with all of them.</summary>
    public static string Help(string word, IReadOnlyCollection<string> candidates)
    {
        string? nearest = Nearest(word, candidates);
        return nearest is not null
            ? $"did you mean '{nearest}'?"
            : $"valid here: {string.Join(", ", candidates)}";
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours between the two words;
    /// anything above <paramref name="limit"/> is reported as limit + 1.</summary>
    public static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit)
        {
            return limit + 1;
        }

        int[] before = new int[b.Length + 1];
        int[] previous = new int[b.Length + 1];
        int[] current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                int best = Math.Min(
                    Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    best = Math.Min(best, before[j - 2] + 1);
                }

                current[j] = best;
            }

            (before, previous, current) = (previous, current, before);
        }

        return Math.Min(previous[b.Length], limit + 1);
    }

    private static string Fold(string word) =>
        word.Replace("-", "", StringComparison.Ordinal)
            .Replace("_", "", StringComparison.Ordinal)
            .ToUpperInvariant();
}
