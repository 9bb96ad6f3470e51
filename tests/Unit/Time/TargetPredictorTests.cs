using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>Returns and indirect branches, against closed forms.</summary>
public sealed class TargetPredictorTests
{
    private const ulong At = 0x40_1234;

    [Theory]
    [InlineData(1, 16, 0)]
    [InlineData(16, 16, 0)]
    [InlineData(17, 16, 1)]
    [InlineData(40, 16, 24)]
    [InlineData(3, 1, 2)]
    public void RecursionDeeperThanTheStack_IsWrongForTheRest(int depth, int entries, int wrong)
    {
        ReturnStack stack = new(entries);
        for (int round = 0; round < 5; round++)
        {
            for (int i = 0; i < depth; i++)
            {
                stack.Push(At + (ulong)i);
            }

            Enumerable.Range(0, depth).Reverse().Count(i => !stack.Predict(At + (ulong)i)).ShouldBe(wrong);
        }

        stack.Predict(At).ShouldBeFalse("nothing was called");
    }

    [Fact]
    public void AReturnElsewhere_IsWrong_AndTheCallBeforeItStaysKnown()
    {
        ReturnStack stack = new(4);
        stack.Push(1);
        stack.Push(2);
        stack.Predict(3).ShouldBeFalse();
        stack.Predict(1).ShouldBeTrue();
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 1)]
    [InlineData(5, 1)]
    [InlineData(12, 3)]
    [InlineData(30, 16)]
    public void TargetsInFixedOrder_AreWrongOncePerPastThatIsNew(int targets, int path) =>
        Wrong(new IndirectOptions(256, 4, path), 1000, i => i % targets).ShouldBe(targets + path);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1000)]
    [InlineData(7, 1000)]
    public void WithoutThePast_ItIsTheLastTarget(int targets, int wrong) =>
        Wrong(new IndirectOptions(256, 4, 0), 1000, i => i % targets).ShouldBe(wrong);

    [Theory]
    [InlineData(4, 5)]
    [InlineData(5, 1000)]
    public void OfMorePastsThanWays_TheOldestAreForgotten(int targets, int wrong) =>
        Wrong(new IndirectOptions(1, 4, 1), 1000, i => i % targets).ShouldBe(wrong);

    [Fact]
    public void ATossedTarget_IsRightAsOftenAsChanceHasIt()
    {
        // Of 4 targets, binomial with a deviation of 43; the table has every past of two.
        var random = new Random(11);
        Wrong(new IndirectOptions(256, 8, 2), 10_000, _ => random.Next(4)).ShouldBeInRange(7_500 - 215, 7_500 + 215);
    }

    [Fact]
    public void OtherBranches_HaveTheirOwnTargets()
    {
        IndirectPredictor predictor = new(new IndirectOptions(64, 2, 0));
        predictor.Predict(At, 1).ShouldBeFalse();
        predictor.Predict(At + 2, 2).ShouldBeFalse();
        predictor.Predict(At, 1).ShouldBeTrue();
        predictor.Predict(At + 2, 2).ShouldBeTrue();
    }

    private static int Wrong(IndirectOptions options, int count, Func<int, int> target)
    {
        IndirectPredictor predictor = new(options);
        return Enumerable.Range(0, count).Count(i => !predictor.Predict(At, 0x50_0000 + (64 * (ulong)target(i))));
    }
}
