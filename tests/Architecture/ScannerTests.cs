using Shouldly;
using Xunit;

namespace Dilaton.Tests.Architecture;

/// <summary>The scanners judge the rest, so they are judged first.</summary>
public sealed class ScannerTests
{
    [Theory]
    [InlineData("a /* unsafe { */ b", "a                b")]
    [InlineData("x = \"un\\\"safe\"; y", "x =           ; y")]
    [InlineData("c = '\\''; d", "c =     ; d")]
    [InlineData("s = @\"a\"\"b\"; t", "s =        ; t")]
    [InlineData("s = $\"a{b(\"c\")}d\"; t", "s =     b(   )   ; t")]
    [InlineData("s = $\"{{a}} {b:x2}\"; t", "s =          b     ; t")]
    [InlineData("s = \"\"\"a \"b\" c\"\"\"; t", "s =              ; t")]
    public void CodeOnly_BlanksCommentsAndLiterals(string text, string expected) =>
        CodeOnly.Of(text).ShouldBe(expected);

    [Fact]
    public void CodeOnly_KeepsLines()
    {
        const string Text = "a // unsafe\n/* x\ny */ b\n\"\"\"\nraw\n\"\"\"\nc";
        CodeOnly.Of(Text).Split('\n').Select(l => l.Trim())
            .ShouldBe(["a", "", "b", "", "", "", "c"]);
    }

    [Fact]
    public void Scanner_FindsTypesAndFunctionsWithTheirLengths()
    {
        const string Text = """
            namespace A;

            public sealed record One(int X);

            internal static class Two<T>
                where T : class
            {
                private static readonly int[] s_table = { 1, 2 };

                public int P { get; init; } = 3;

                public int Q => 4;

                [Some]
                public static int Do(int a = 1)
                {
                    if (a == 1) { return 2; }
                    var o = new { a };

                    return 3;
                }

                private enum Inner { X }
            }
            """;
        IReadOnlyList<Declaration> found = DeclarationScanner.Scan(CodeOnly.Of(Text));
        found.Where(d => d.Kind == DeclarationKind.Type).Select(d => (d.Name, d.Depth))
            .ShouldBe([("One", 0), ("Inner", 1), ("Two", 0)]);
        found.Where(d => d.Kind == DeclarationKind.Function).Select(d => d.LineCount)
            .ShouldBe([1, 1, 8]);
    }
}
