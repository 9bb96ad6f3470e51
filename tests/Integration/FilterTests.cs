using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>The inlined filter leaves out only what changes nothing.</summary>
public sealed class FilterTests
{
    public static TheoryData<string> Rest
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (string program in Programs.All.Except(["hello", "quicksort", "strings"]))
            {
                data.Add(program);
            }

            return data;
        }
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("quicksort")]
    [InlineData("strings")]
    public void Filtered_EqualsFull_ToThePicosecond(string program) => Compare(program);

    [Theory]
    [MemberData(nameof(Rest))]
    [Trait("Tier", "slow")]
    public void Filtered_EqualsFull_ForEveryProgram(string program) => Compare(program);

    private static void Compare(string program)
    {
        Run full = With("full"), filtered = With("filtered");
        filtered.Output.ShouldBe(full.Output);
        filtered.VirtualTimePs.ShouldBe(full.VirtualTimePs);
        filtered.Instructions.ShouldBe(full.Instructions);

        Run With(string level) => Run.Of(
            ["--cores", "1", "--events", level], Paths.Guest(program, "dynamic"), Small(program));
    }

    private static string[] Small(string program) => program switch
    {
        "clock" => ["5"],
        "stream" => ["20000", "3"],
        "openmp" => ["3000"],
        "threads" => ["4", "20"],
        _ => [],
    };
}
