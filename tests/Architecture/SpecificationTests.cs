using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Architecture;

/// <summary>docs/specification.md lists promises, each in a table row whose last cell names the
/// tests that keep it as <c>Class.Method</c> or <c>Class</c>, or says <c>test pending</c>.
/// </summary>
public sealed partial class SpecificationTests
{
    private const string Page = "docs/specification.md";

    [Fact]
    public void Promises_NameExistingTestsOrSayThatTheyArePending()
    {
        HashSet<string> tests = Tests();
        Promises().Where(p => !p.Cell.Contains("test pending", StringComparison.Ordinal))
            .SelectMany(p =>
        {
            string[] names = [.. TestName().Matches(p.Cell).Select(m => m.Groups["name"].Value)];
            return names.Length == 0
                ? [$"{Page}:{p.Line}: names no test"]
                : names.Where(n => !tests.Contains(n))
                    .Select(n => $"{Page}:{p.Line}: no test {n}");
        }).ShouldBeNone("Each promise has its test");
    }

    [Fact]
    public void Specification_MakesPromises() => Promises().Count().ShouldBeGreaterThan(10);

    private static IEnumerable<(int Line, string Cell)> Promises()
    {
        string[] lines = Repository.Read(Page).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.StartsWith('|') && line.EndsWith('|'))
            {
                string[] cells = line.Trim('|').Split('|');
                bool isHead = i + 1 < lines.Length
                    && lines[i + 1].StartsWith("|-", StringComparison.Ordinal);
                bool isRule = line.All(c => c is '|' or '-' or ':' or ' ');
                if (!isHead && !isRule)
                {
                    yield return (i + 1, cells[^1]);
                }
            }
        }
    }

    // Class, Class.Method for every public method of every test class; suites of C++ likewise.
    private static HashSet<string> Tests()
    {
        var names = new HashSet<string>();
        foreach (CSharpFile file in Repository.Sources.Where(f => Repository.IsTest(f.Path)))
        {
            string stem = Path.GetFileName(file.Path).Split('.')[0];
            bool any = false;
            foreach (Match match in Method().Matches(file.Code))
            {
                names.Add($"{stem}.{match.Groups["name"].Value}");
                any = true;
            }

            if (any)
            {
                names.Add(stem);
            }
        }

        foreach (string path in Repository.Files.Where(
            f => f.EndsWith("Test.cpp", StringComparison.Ordinal)))
        {
            foreach (Match match in GoogleTest().Matches(Repository.Read(path)))
            {
                names.Add(match.Groups["suite"].Value);
                names.Add($"{match.Groups["suite"].Value}.{match.Groups["name"].Value}");
            }
        }

        return names;
    }

    [GeneratedRegex(@"^TEST(_[FP])?\((?<suite>\w+), (?<name>\w+)\)", RegexOptions.Multiline)]
    private static partial Regex GoogleTest();

    [GeneratedRegex(@"`(?<name>[A-Za-z_]\w*(\.[A-Za-z_]\w*)?)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"\b\w*(?:Fact|Theory)\b[^;{}]*?"
        + @"\bpublic\s+(?:async\s+)?(?:void|Task)\s+(?<name>\w+)\s*\(")]
    private static partial Regex Method();
}
