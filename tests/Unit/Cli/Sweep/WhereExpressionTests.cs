using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class WhereExpressionTests
{
    [Theory]
    [InlineData("cores == 4", true)]
    [InlineData("cores != 4", false)]
    [InlineData("cores < 4 or tdf >= 10", true)]
    [InlineData("cores <= 4 and tdf > 10", false)]
    [InlineData("not (cores == 4 and tdf == 10)", false)]
    [InlineData("not cores == 5", true)]
    [InlineData("cores == 5 or cores == 4 and tdf == 10", true)]
    [InlineData("(cores == 4 or tdf == 10) and tdf == 9", false)]
    [InlineData("cores * 2 + 2 == tdf", true)]
    [InlineData("(cores + 1) * 2 == tdf", true)]
    [InlineData("tdf / cores == 5/2", true)]
    [InlineData("-cores < 0", true)]
    [InlineData("cores - 5 == -1", true)]
    [InlineData("size == 1MiB", true)]
    [InlineData("size > 1000kB", true)]
    [InlineData("size / 2 == 512KiB", true)]
    [InlineData("rate * delay == 12.6kB", false)]
    [InlineData("rate * delay == 12500B", true)]
    [InlineData("rate == 1.25GB/s", true)]
    [InlineData("1 / delay == 100kHz", true)]
    [InlineData("clock * delay == 20000", true)]
    [InlineData("word == 'physical'", true)]
    [InlineData("word != \"virtual\"", true)]
    [InlineData("flag", true)]
    [InlineData("not flag", false)]
    [InlineData("flag && cores == 4 || false", true)]
    [InlineData("time.tdf == 10", true)]
    public void Condition_IsDecidedExactly(string text, bool expected) => Holds(text).ShouldBe(expected);

    [Theory]
    [InlineData("cores = 4", 6, "means nothing")]
    [InlineData("cores == ", 9, "breaks off")]
    [InlineData("(cores == 4", 11, "')' is missing")]
    [InlineData("cores == 4)", 10, "not expected")]
    [InlineData("cores == 4 5", 11, "not expected")]
    [InlineData("sise > 1KiB", 0, "not a swept path")]
    [InlineData("word == physical", 8, "not a swept path")]
    [InlineData("size > 1000", 5, "a size can't be compared with a plain number")]
    [InlineData("size + delay > 1B", 5, "can't be added")]
    [InlineData("word > 'a'", 5, "neither more nor less")]
    [InlineData("word + 1 == 2", 5, "needs numbers")]
    [InlineData("cores and flag", 0, "a condition is expected")]
    [InlineData("flag or cores", 8, "a condition is expected")]
    [InlineData("cores", 0, "a condition is expected")]
    [InlineData("cores / 0 == 1", 6, "division by zero")]
    [InlineData("cores == 4xyz", 9, "not a number with a unit")]
    [InlineData("word == 'phys", 8, "no end")]
    [InlineData("cores # 4", 6, "means nothing")]
    public void BadCondition_IsToldWithItsColumn(string text, int offset, string message)
    {
        WhereException e = Should.Throw<WhereException>(() => Holds(text));
        e.Message.ShouldContain(message);
        e.Offset.ShouldBe(offset);
    }

    [Fact]
    public void DeepNesting_IsRefusedAndNotFollowed() =>
        Should.Throw<WhereException>(() => Holds(new string('(', 100_000))).Message.ShouldContain("deeper");

    private static bool Holds(string text)
    {
        Dictionary<string, string> values = new()
        {
            ["cores"] = "4",
            ["time.tdf"] = "10",
            ["size"] = "1MiB",
            ["rate"] = "10Gbps",
            ["delay"] = "10us",
            ["clock"] = "2GHz",
            ["word"] = "physical",
            ["flag"] = "true",
        };
        return WhereExpression.Holds(WhereLexer.Read(text), path => values.GetValueOrDefault(path));
    }
}
