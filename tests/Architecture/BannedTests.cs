using System.Text.RegularExpressions;
using Xunit;

namespace Dilaton.Tests.Architecture;

public sealed partial class BannedTests
{
    [Fact]
    public void Product_ReadsNoHostClockAndNoChance()
    {
        Repository.Sources
            .Where(f => !Repository.IsTest(f.Path) && !IsCli(f.Path))
            .SelectMany(f => Lines(f, HostClocks().Matches(f.Code)))
            .ShouldBeNone("One door to the host clock and to chance: TimeProvider, seeds");
    }

    [Fact]
    public void Tests_HaveNoUnseededChanceAndDoNotSleep()
    {
        Repository.Sources
            .Where(f => Repository.IsTest(f.Path)
                && !f.Path.StartsWith("tests/Bench/", StringComparison.Ordinal))
            .SelectMany(f => Lines(f, Chance().Matches(f.Code)))
            .ShouldBeNone("A test's chance has a seed, and no test waits by the clock");
    }

    [Fact]
    public void Product_ThrowsNamedExceptions()
    {
        Repository.Sources.Where(f => !Repository.IsTest(f.Path))
            .SelectMany(f => Lines(f, BareException().Matches(f.Code)))
            .ShouldBeNone("A failure has a name: never a bare exception");
    }

    [Fact]
    public void Product_CatchesAllOnlyInTheCli()
    {
        Repository.Sources.Where(f => !Repository.IsTest(f.Path) && !IsCli(f.Path))
            .SelectMany(f => Lines(f, CatchAll().Matches(f.Code).Where(m => !Rethrows(f, m))))
            .ShouldBeNone("Catch-all below the composition root hides broken beliefs");
    }

    [Fact]
    public void Nothing_IsLeftForLater()
    {
        string[] marks = ["TO" + "DO", "FIX" + "ME", "HA" + "CK:", "NotImplemented" + "Exception"];
        Repository.TextFiles().SelectMany(f => f.Lines.Select((text, i) => (text, i))
            .Where(l => marks.Any(m => Regex.IsMatch(l.text, $@"\b{m}")))
            .Select(l => $"{f.Path}:{l.i + 1}: {l.text.Trim()}"))
            .ShouldBeNone("Finish it, or leave it out and say so");
    }

    private static bool IsCli(string path) => path.StartsWith("vmm/Cli/", StringComparison.Ordinal);

    // Undoing something and passing the exception on hides nothing.
    private static bool Rethrows(CSharpFile file, Match match)
    {
        int end = file.Code.IndexOf('}', match.Index + match.Length);
        return end > 0 && file.Code[match.Index..end].Contains("throw;", StringComparison.Ordinal);
    }

    private static IEnumerable<string> Lines(CSharpFile file, IEnumerable<Match> matches) =>
        matches.Select(m =>
            $"{file.Path}:{file.Code.AsSpan(0, m.Index).Count('\n') + 1}: {m.Value.Trim()}");

    [GeneratedRegex(@"\bDateTime(Offset)?\s*\.\s*(Utc)?Now\b|\bStopwatch\b"
        + @"|\bEnvironment\s*\.\s*TickCount"
        + @"|\bRandom\s*\.\s*Shared|\bnew\s+Random\b|\bGuid\s*\.\s*NewGuid|\bThread\s*\.\s*Sleep"
        + @"|\bTask\s*\.\s*Delay|\bRandomNumberGenerator\b")]
    private static partial Regex HostClocks();

    [GeneratedRegex(@"\bRandom\s*\.\s*Shared|\bnew\s+Random\s*\(\s*\)|\bGuid\s*\.\s*NewGuid"
        + @"|\bThread\s*\.\s*Sleep|\bTask\s*\.\s*Delay")]
    private static partial Regex Chance();

    [GeneratedRegex(@"\bnew\s+(NotImplemented)?Exception\s*\(")]
    private static partial Regex BareException();

    [GeneratedRegex(@"\bcatch\s*(\{|\(\s*(System\s*\.\s*)?Exception\b[^)]*\)\s*\{)")]
    private static partial Regex CatchAll();
}
