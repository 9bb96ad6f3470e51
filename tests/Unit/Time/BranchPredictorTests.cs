using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>Predictors of conditional branches, against what is known of them and against plain rewrites.
/// </summary>
public sealed class BranchPredictorTests
{
    private const int Entries = 1 << 12;
    private const ulong At = 0x40_1234;

    [Theory]
    [InlineData(BranchPredictorKind.Bimodal, 1)]
    [InlineData(BranchPredictorKind.Gshare, 13)]
    [InlineData(BranchPredictorKind.Tage, 1)]
    public void ABranchThatIsAlwaysTaken_IsWrongOncePerPastThatIsNew(BranchPredictorKind kind, int wrong) =>
        Wrong(kind, 10_000, _ => true).ShouldBe(wrong);

    [Fact]
    public void AnAlternatingBranch_IsLearnedByThoseThatSeeThePast()
    {
        Wrong(BranchPredictorKind.Bimodal, 10_000, i => i % 2 == 0).ShouldBe(10_000);
        Wrong(BranchPredictorKind.Gshare, 10_000, i => i % 2 == 0).ShouldBeLessThan(20);
        Wrong(BranchPredictorKind.Tage, 10_000, i => i % 2 == 0).ShouldBeLessThan(20);
    }

    [Fact]
    public void AnExitAfter30Rounds_IsLearnedByWhoeverSeesSoFarBack()
    {
        const int Loops = 1_000;
        int Of(BranchPredictorKind kind) => Wrong(kind, Loops * 31, i => i % 31 != 30);
        Of(BranchPredictorKind.Bimodal).ShouldBeInRange(Loops, Loops + 2);
        Of(BranchPredictorKind.Gshare).ShouldBeInRange(Loops, Loops + 30);
        Of(BranchPredictorKind.Tage).ShouldBeLessThan(Loops / 10);
    }

    [Theory]
    [InlineData(BranchPredictorKind.Bimodal)]
    [InlineData(BranchPredictorKind.Gshare)]
    [InlineData(BranchPredictorKind.Tage)]
    public void ATossedCoin_IsWrongHalfOfTheTime(BranchPredictorKind kind)
    {
        // A prediction can't know the toss: the count is binomial, with a deviation of 100.
        const int Tosses = 40_000;
        var random = new Random(11);
        Wrong(kind, Tosses, _ => random.Next(2) == 0).ShouldBeInRange((Tosses / 2) - 500, (Tosses / 2) + 500);
    }

    [Fact]
    public void OtherBranches_HaveTheirOwnCounters()
    {
        BranchPredictor predictor = BranchPredictor.Create(BranchPredictorKind.Bimodal, Entries);
        for (int i = 0; i < 3; i++)
        {
            predictor.Predict(At, true);
        }

        predictor.Predict(At, true).ShouldBeTrue();
        predictor.Predict(At + 1, false).ShouldBeFalse();
        predictor.Predict(At + Entries, true).ShouldBeTrue("it has the same counter");
    }

    [Theory]
    [InlineData(BranchPredictorKind.Bimodal, 64)]
    [InlineData(BranchPredictorKind.Gshare, 64)]
    [InlineData(BranchPredictorKind.Tage, 64)]
    [InlineData(BranchPredictorKind.Gshare, 4096)]
    [InlineData(BranchPredictorKind.Tage, 1024)]
    public void EachDoesWhatItsPlainRewriteDoes(BranchPredictorKind kind, int entries)
    {
        // More than the branches after which TAGE's entries age.
        const int Branches = 300_000;
        BranchPredictor predictor = BranchPredictor.Create(kind, entries);
        var oracle = new PredictorOracle(kind, entries);
        var random = new Random(entries);
        int wrong = 0;
        for (int i = 0; i < Branches; i++)
        {
            ulong address = At + (ulong)(random.Next(40) * 7);
            bool isTaken = address % 3 == 0 ? i % 5 == 0 : address % 3 == 1 ? random.Next(4) == 0 : (i & 64) == 0;
            bool predicted = predictor.Predict(address, isTaken);
            predicted.ShouldBe(oracle.Predict(address, isTaken), $"branch {i}");
            wrong += predicted != isTaken ? 1 : 0;
        }

        wrong.ShouldBeInRange(Branches / 20, Branches / 2, "or it shows nothing");
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(32, false)]
    [InlineData(64, true)]
    [InlineData(96, false)]
    [InlineData(1 << 20, true)]
    [InlineData(1 << 21, false)]
    public void Entries_AreAPowerOfTwo(long entries, bool may) =>
        BranchPredictor.IsEntries(entries).ShouldBe(may);

    private static int Wrong(BranchPredictorKind kind, int count, Func<int, bool> isTaken)
    {
        BranchPredictor predictor = BranchPredictor.Create(kind, Entries);
        int wrong = 0;
        for (int i = 0; i < count; i++)
        {
            bool taken = isTaken(i);
            wrong += predictor.Predict(At, taken) != taken ? 1 : 0;
        }

        return wrong;
    }
}
