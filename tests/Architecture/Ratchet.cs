namespace Dilaton.Tests.Architecture;

/// <summary>What is still over a limit, with how far: it may shrink, never grow, and an entry that
/// is no longer needed must go. Lines of <c>ratchet.txt</c>: rule, key, figure.</summary>
internal sealed class Ratchet
{
    private readonly Dictionary<string, int> _allowed = [];

    public Ratchet(string rule)
    {
        string[] lines = Repository.Read("tests/Architecture/ratchet.txt").Split('\n');
        foreach (string line in lines.Where(l => l.Length > 0 && l[0] != '#'))
        {
            string[] parts = line.Split('\t');
            if (parts[0] == rule)
            {
                _allowed[parts[1]] = int.Parse(parts[2]);
            }
        }
    }

    /// <summary>Checks figures against a limit and the entries of this rule.</summary>
    public IReadOnlyList<string> Violations(
        IEnumerable<(string Key, int Figure)> figures, int limit)
    {
        var violations = new List<string>();
        var used = new HashSet<string>();
        foreach ((string key, int figure) in figures.Where(f => f.Figure > limit))
        {
            used.Add(key);
            int allowed = _allowed.GetValueOrDefault(key, limit);
            if (figure > allowed)
            {
                violations.Add($"{key}: {figure}, at most {allowed}");
            }
        }

        violations.AddRange(_allowed.Keys.Where(k => !used.Contains(k))
            .Order(StringComparer.Ordinal)
            .Select(k => $"{k}: within the limit now, remove it from ratchet.txt"));
        return violations;
    }
}
