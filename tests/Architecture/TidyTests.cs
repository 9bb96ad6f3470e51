using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Architecture;

public sealed partial class TidyTests
{
    // In pieces, so that this file does not accuse itself.
    private static readonly string[] s_machinePaths =
        ["/wo" + "rk/", "/ho" + "me/", @"(?<!\w)/ro" + @"ot\b"];

    private static readonly string[] s_registries =
    [
        "nuget" + @"\.org", "registry" + @"\.npmjs", "pypi" + @"\.org", "deb" + @"\.debian\.org",
        "artif" + "actory", "proxy" + @"\.golang", "127" + @"\.0\.0\.1:\d{4,5}/",
    ];

    private static readonly string[] s_workplace =
    [
        "sub" + "agent", "sub-" + "agent", "language" + " model", @"\bL" + @"LM\b", "chat" + "bot",
        "work" + "tree of", "bash_" + "jobs", "before-" + "stop", "issues " + "show",
        "as an " + "AI", "co-authored-" + "by",
    ];

    // Paths of the emulated machine, or a rule that has to name what it forbids: file, text.
    private static readonly (string File, string Text)[] s_pathExceptions = [];

    [Fact]
    public void Files_NameNoMachinePath() => Forbid(s_machinePaths, "A path of somebody's machine");

    [Fact]
    public void Files_NameNoPackageRegistry() => Forbid(s_registries, "A package registry's host");

    [Fact]
    public void Files_SayNothingAboutTheWorkplace() =>
        Forbid(s_workplace, "A word of the workplace");

    [Fact]
    public void TextFiles_EndWithOneNewlineAndHaveNoTrailingBlanks()
    {
        Repository.TextFiles().Where(f => Path.GetExtension(f.Path) is ".cs" or ".md" or ".csproj"
                or ".props" or ".targets" or ".c" or ".cpp" or ".h" or ".S" or ".yaml" or "")
            .SelectMany(f => Untidy(f.Path, f.Lines))
            .ShouldBeNone("Trailing blanks, carriage returns, or no newline at the end");
    }

    [Fact]
    public void Links_OfDocuments_LeadSomewhere()
    {
        Repository.TextFiles().Where(f => f.Path.EndsWith(".md", StringComparison.Ordinal))
            .SelectMany(f => DeadLinks(f.Path, f.Lines))
            .ShouldBeNone("Dead links");
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void Scripts_AreExecutable()
    {
        foreach (string script in new[] { "test", ".ci/run", "dilaton", "package" })
        {
            string path = Path.Combine(Repository.Root, script);
            if (File.Exists(path))
            {
                (File.GetUnixFileMode(path) & UnixFileMode.UserExecute)
                    .ShouldNotBe(UnixFileMode.None, script);
            }
        }
    }

    [Fact]
    public void Artifacts_AreNeverTracked()
    {
        Repository.Files.Where(f => f.StartsWith("artifacts/", StringComparison.Ordinal)
                || f.Contains("/bin/", StringComparison.Ordinal)
                || f.Contains("/obj/", StringComparison.Ordinal))
            .ShouldBeNone("Build output is tracked");
    }

    private static void Forbid(string[] patterns, string rule)
    {
        var pattern = new Regex(string.Join('|', patterns), RegexOptions.IgnoreCase);
        Repository.TextFiles().SelectMany(f => f.Lines.Select((text, i) => (text, i))
            .Where(l => pattern.IsMatch(l.text) && !s_pathExceptions.Any(
                e => e.File == f.Path && l.text.Contains(e.Text, StringComparison.Ordinal)))
            .Select(l => $"{f.Path}:{l.i + 1}: {l.text.Trim()}"))
            .ShouldBeNone(rule);
    }

    private static IEnumerable<string> Untidy(string path, string[] lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length > 0 && char.IsWhiteSpace(lines[i][^1]))
            {
                yield return $"{path}:{i + 1}: trailing blank";
            }
        }

        if (lines.Length > 1 && (lines[^1].Length > 0 || lines[^2].Length == 0))
        {
            yield return $"{path}: does not end with exactly one newline";
        }
    }

    private static IEnumerable<string> DeadLinks(string path, string[] lines)
    {
        string folder = Path.GetDirectoryName(path) ?? "";
        bool fenced = false;
        for (int i = 0; i < lines.Length; i++)
        {
            fenced ^= lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (fenced)
            {
                continue;
            }

            foreach (Match match in Link().Matches(CodeSpan().Replace(lines[i], "")))
            {
                string target = match.Groups["target"].Value;
                if (!Leads(folder, path, target))
                {
                    yield return $"{path}:{i + 1}: {target}";
                }
            }
        }
    }

    private static bool Leads(string folder, string path, string target)
    {
        if (target.Contains("://", StringComparison.Ordinal)
            || target.StartsWith("mailto:", StringComparison.Ordinal))
        {
            return true;
        }

        string[] parts = target.Split('#', 2);
        string file = parts[0].Length == 0 ? path : Path.Combine(folder, parts[0]);
        string full = Path.GetFullPath(Path.Combine(Repository.Root, file));
        return parts.Length == 1 || parts[1].Length == 0
            ? File.Exists(full) || Directory.Exists(full)
            : File.Exists(full) && Headings(full).Contains(parts[1]);
    }

    // As forges make anchors: lower case, punctuation dropped, blanks to hyphens.
    private static IEnumerable<string> Headings(string file) =>
        File.ReadLines(file).Where(l => l.StartsWith('#')).Select(l => new string(
            [.. l.TrimStart('#').Trim().ToLowerInvariant()
                .Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')
                .Select(c => c == ' ' ? '-' : c)]));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)(\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex CodeSpan();
}
