using Xunit;

namespace Dilaton.Tests.Architecture;

public sealed class SizeTests
{
    private const int FileLinesMax = 800;
    private const int FunctionLinesMax = 70;
    private const int ColumnsMax = 120;

    [Fact]
    public void Files_AreShort()
    {
        string[] kinds = [".cs", ".c", ".cpp", ".h", ".py", ".S"];
        new Ratchet("file").Violations(
            Repository.Files.Where(f => kinds.Contains(Path.GetExtension(f))
                    && !f.EndsWith(".g.cs", StringComparison.Ordinal))
                .Select(f => (f, Repository.Read(f).AsSpan().Count('\n'))),
            FileLinesMax).ShouldBeNone($"Files have at most {FileLinesMax} lines");
    }

    [Fact]
    public void Functions_AreShort()
    {
        new Ratchet("function").Violations(
            Repository.Sources.SelectMany(f => f.Declarations
                .Where(d => d.Kind == DeclarationKind.Function)
                .Select(d => ($"{f.Path} {d.Name}", d.LineCount))),
            FunctionLinesMax).ShouldBeNone($"Functions have at most {FunctionLinesMax} lines");
    }

    [Fact]
    public void Lines_AreNarrow()
    {
        new Ratchet("columns").Violations(
            Repository.Sources.Where(f => !Repository.IsTest(f.Path))
                .Select(f => (f.Path, f.Lines.Count(l => l.Length > ColumnsMax))), 0)
            .ShouldBeNone($"Lines over {ColumnsMax} columns, by file");
    }

    [Fact]
    public void Files_HoldOneTypeAndAreNamedForIt()
    {
        Repository.Sources.SelectMany(f =>
        {
            string[] types = [.. f.Declarations
                .Where(d => d.Kind == DeclarationKind.Type && d.Depth == 0).Select(d => d.Name)];
            string stem = Path.GetFileName(f.Path).Split('.')[0];
            return types.Length switch
            {
                0 => [],
                1 when types[0] == stem => [],
                1 => [$"{f.Path} holds {types[0]}"],
                _ => new[] { $"{f.Path} holds {string.Join(", ", types)}" },
            };
        }).ShouldBeNone("One type per file, named for it");
    }
}
