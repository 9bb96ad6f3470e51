using System.Globalization;
using System.Text.RegularExpressions;

namespace Dilaton.Tests.Nested;

/// <summary>Lines of the Test Anything Protocol, as `dilaton selftest` prints them. Everything that is
/// not right is a complaint: a result that is not ok, one that is missing, or a wrong number.</summary>
internal sealed partial class TapReport
{
    private readonly List<string> _names = [];
    private readonly List<string> _skipped = [];
    private readonly List<string> _complaints = [];

    public TapReport(IEnumerable<string> lines)
    {
        int planned = -1, seen = 0;
        foreach (string line in lines)
        {
            if (Plan().Match(line) is { Success: true } plan)
            {
                planned = Number(plan);
            }
            else if (Result().Match(line) is { Success: true } result)
            {
                seen++;
                if (Number(result) != seen)
                {
                    _complaints.Add($"result {seen} has another number: {line}");
                }

                Add(result, line);
            }
        }

        if (planned != seen)
        {
            _complaints.Add($"{seen} results of {planned} planned");
        }
    }

    public IReadOnlyList<string> Names => _names;

    /// <summary>Names of cases that were skipped.</summary>
    public IReadOnlyList<string> Skipped => _skipped;

    public IReadOnlyList<string> Complaints => _complaints;

    private static int Number(Match match) =>
        int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);

    private void Add(Match result, string line)
    {
        string name = result.Groups["name"].Value;
        _names.Add(name);
        if (result.Groups["not"].Success)
        {
            _complaints.Add(line);
        }
        else if (result.Groups["text"].Value.StartsWith("skip", StringComparison.Ordinal))
        {
            _skipped.Add(name);
        }
    }

    [GeneratedRegex(@"^1\.\.(?<number>\d+)$")]
    private static partial Regex Plan();

    [GeneratedRegex(@"^(?<not>not )?ok (?<number>\d+) - (?<name>\S+)( # (?<text>.*))?$")]
    private static partial Regex Result();
}
