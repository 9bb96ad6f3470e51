using System.Text.RegularExpressions;
using Xunit;

namespace Dilaton.Tests.Architecture;

public sealed partial class UnsafeTests
{
    [Fact]
    public void UnsafeCode_LivesInNativeFilesThatSayIt()
    {
        Product().Where(f => !IsUnsafeFile(f.Path)).SelectMany(f =>
            Matches(f, UnsafeWords()).Select(m => $"{f.Path}:{m.Line}: {m.Text}"))
            .ShouldBeNone("Unsafe code only in vmm/Native, in files ending .Unsafe.cs");
    }

    [Fact]
    public void UnsafeFiles_AreInNative()
    {
        Product().Where(f => f.Path.EndsWith(".Unsafe.cs", StringComparison.Ordinal)
                && !f.Path.StartsWith("vmm/Native/", StringComparison.Ordinal))
            .Select(f => f.Path).ShouldBeNone("*.Unsafe.cs outside vmm/Native");
    }

    [Fact]
    public void UnsafeBlocks_SayWhatMakesThemSafe()
    {
        Product().Where(f => IsUnsafeFile(f.Path)).SelectMany(f =>
            Matches(f, UnsafeBlock()).Where(m => !HasReason(f, m.Line))
                .Select(m => $"{f.Path}:{m.Line}: no // SAFETY: line at this unsafe block"))
            .ShouldBeNone("Every unsafe block names what makes it safe");
    }

    [Fact]
    public void UnsafeFiles_SayWhatMakesThemSafe()
    {
        Product().Where(f => IsUnsafeFile(f.Path)
                && Matches(f, UnsafeCode()).Any()
                && !f.Text.Contains("// SAFETY:", StringComparison.Ordinal))
            .Select(f => f.Path).ShouldBeNone("An unsafe file without any // SAFETY: line");
    }

    private static IEnumerable<CSharpFile> Product() =>
        Repository.Sources.Where(f => !Repository.IsTest(f.Path));

    private static bool IsUnsafeFile(string path) =>
        path.StartsWith("vmm/Native/", StringComparison.Ordinal)
        && path.EndsWith(".Unsafe.cs", StringComparison.Ordinal);

    private static IEnumerable<(int Line, string Text)> Matches(CSharpFile file, Regex pattern) =>
        pattern.Matches(file.Code).Select(m =>
            (file.Code.AsSpan(0, m.Index).Count('\n') + 1, m.Value.Trim()));

    // On the line itself, within the comment just above, or as the first line inside the braces.
    private static bool HasReason(CSharpFile file, int line)
    {
        int first = Math.Max(0, line - 7), last = Math.Min(file.Lines.Length - 1, line + 2);
        return file.Lines[first..(last + 1)]
            .Any(l => l.Contains("// SAFETY:", StringComparison.Ordinal));
    }

    [GeneratedRegex(
        @"\bunsafe\b|\bUnsafe\s*\.\s*\w|\bMemoryMarshal\b|\bLibraryImport\b|\bDllImport\b"
        + @"|\bfixed\s*\(")]
    private static partial Regex UnsafeWords();

    // A file of declarations has nothing to argue: those who call them do.
    [GeneratedRegex(@"\bunsafe\s*\{|\bUnsafe\s*\.\s*\w|\bMemoryMarshal\b|\bfixed\s*\(")]
    private static partial Regex UnsafeCode();

    [GeneratedRegex(@"\bunsafe\s*\{")]
    private static partial Regex UnsafeBlock();
}
