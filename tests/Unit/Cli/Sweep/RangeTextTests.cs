using System.Globalization;
using Dilaton.Cli;
using Dilaton.Core;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class RangeTextTests
{
    [Theory]
    [InlineData("1..100 log 8", "1 1.931 3.728 7.197 13.89 26.83 51.79 100")]
    [InlineData("1..100:log8", "1 1.931 3.728 7.197 13.89 26.83 51.79 100")]
    [InlineData("1..64 log 7", "1 2 4 8 16 32 64")]
    [InlineData("0.001..1000 log 7", "0.001 0.01 0.1 1 10 100 1000")]
    [InlineData("64KiB..4MiB log 4", "64KiB 256KiB 1MiB 4MiB")]
    [InlineData("1ns..1s log 10", "1ns 10ns 100ns 1us 10us 100us 1ms 10ms 100ms 1s")]
    [InlineData("1..10us log 3", "1us 3.162us 10us")]
    [InlineData("1..2 lin 4", "1 4/3 5/3 2")]
    [InlineData("1/2..1 lin 3", "0.5 0.75 1")]
    [InlineData("1us..2us lin 5", "1us 1.25us 1.5us 1.75us 2us")]
    [InlineData("0..10Gbps lin 3", "0Gbps 5Gbps 10Gbps")]
    [InlineData("1..4 step 1", "1 2 3 4")]
    [InlineData("1..4:step1.5", "1 2.5 4")]
    [InlineData("1..4 step 2", "1 3")]
    [InlineData("500ns..2us step 500ns", "500ns 1us 1.5us 2us")]
    [InlineData("1..3cycles step 1", "1cycles 2cycles 3cycles")]
    [InlineData("1GB/s..4GB/s lin 4", "1GB/s 2GB/s 3GB/s 4GB/s")]
    public void Range_StandsForItsValues(string text, string expected)
    {
        RangeText.IsRange(text).ShouldBeTrue();
        RangeText.TryExpand(text, false, out IReadOnlyList<string> values, out string why).ShouldBeTrue(why);
        string.Join(' ', values).ShouldBe(expected);
    }

    [Theory]
    [InlineData("1..100 log 8", "1 2 4 7 14 27 52 100")]
    [InlineData("1..4 log 8", "1 2 3 4")]
    [InlineData("1..1000:log4", "1 10 100 1000")]
    [InlineData("1..1.5 log 3", "1 1.225 1.5")]
    [InlineData("1..4 lin 2", "1 4")]
    public void OfAWholeNumbersPath_LogarithmicValuesAreWhole(string text, string expected)
    {
        RangeText.TryExpand(text, true, out IReadOnlyList<string> values, out string why).ShouldBeTrue(why);
        string.Join(' ', values).ShouldBe(expected);
    }

    /// <summary>Sizes of memory are pages, those of a queue are not.</summary>
    [Theory]
    [InlineData("64KiB..4MiB log 8", "64KiB 116KiB 212KiB 380KiB 688KiB 1248KiB 2260KiB 4MiB")]
    [InlineData("1KiB..64KiB log 5", "1KiB 3KiB 8KiB 23KiB 64KiB")]
    [InlineData("1B..10B log 4", "1B 2B 5B 10B")]
    [InlineData("1kB..1MB log 3", "1kB 31.624kB 1MB")]
    [InlineData("1MiB..4MiB log 3", "1MiB 2MiB 4MiB")]
    public void LogarithmicSizes_AreMultiplesOfWhatBothEndsAre(string text, string expected)
    {
        RangeText.TryExpand(text, false, out IReadOnlyList<string> values, out string why).ShouldBeTrue(why);
        string.Join(' ', values).ShouldBe(expected);
    }

    [Theory]
    [InlineData("cores.count", true)]
    [InlineData("nodes[3].memory.caches.l2.ways", true)]
    [InlineData("count", true)]
    [InlineData("network.hostsPerRouter", true)]
    [InlineData("network.dimensions[1]", true)]
    [InlineData("time.tdf", false)]
    [InlineData("tdf", false)]
    [InlineData("memory.size", false)]
    [InlineData("guest.program.args[1]", false)]
    [InlineData("no.such.path", false)]
    public void WholeNumbersPaths_AreThoseOfTheSchema(string path, bool expected) =>
        WholePaths.Has(path).ShouldBe(expected);

    [Theory]
    [InlineData("1..10", "does not say its steps")]
    [InlineData("1..10 log", "can't be made")]
    [InlineData("1..10 log 1", "from 2 to 1000")]
    [InlineData("1..10 log 1001", "from 2 to 1000")]
    [InlineData("1..10 log x", "can't be made")]
    [InlineData("10..1 log 3", "does not go up")]
    [InlineData("1..1 lin 2", "does not go up")]
    [InlineData("0..10 log 3", "begins at zero")]
    [InlineData("1us..1MiB lin 2", "from a time to a size")]
    [InlineData("1..10 step 0", "above zero")]
    [InlineData("1..10us step 1KiB", "a time above zero")]
    [InlineData("1..10000 step 1", "more than 1000 values")]
    [InlineData("1us..2us lin 4", "no decimal")]
    [InlineData("1..1.001 log 50", "twice")]
    [InlineData("1x..10x lin 2", "not a range")]
    [InlineData("1.2.3..5 lin 2", "not a range")]
    public void MalformedRange_IsRefusedWithTheReason(string text, string expected)
    {
        RangeText.TryExpand(text, false, out _, out string why).ShouldBeFalse();
        why.ShouldContain(expected);
    }

    [Theory]
    [InlineData("10")]
    [InlineData("../data")]
    [InlineData("a..b")]
    [InlineData("")]
    [InlineData("1.5GHz")]
    public void OtherText_IsNoRange(string text) => RangeText.IsRange(text).ShouldBeFalse();

    /// <summary>The rounding is decided exactly: v - half a digit &lt;= low (high/low)^(i/n) &lt; v + half
    /// a digit.</summary>
    [Fact]
    public void LogarithmicValues_AreTheNearestOfFourDigits()
    {
        Prop.ForAll(
            (from low in Gen.Choose(1, 1_000_000)
             from factor in Gen.Choose(2, 1_000_000)
             from n in Gen.Choose(2, 40)
             from i in Gen.Choose(1, 39)
             select (Low: low, High: (long)low * factor, N: n, I: Math.Min(i, n - 1))).ToArbitrary(),
            each =>
            {
                ExactNumber low = each.Low, high = each.High;
                ExactNumber value = RangeText.Logarithmic(low, high, each.I, each.N);
                double digits = Math.Pow(10, Math.Floor(Math.Log10(value.ToDouble())) - 3);
                double exact = each.Low * Math.Pow((double)each.High / each.Low, (double)each.I / each.N);
                Math.Abs(value.ToDouble() - exact).ShouldBeLessThan(0.5000001 * digits);
                string text = value.ToString().Replace(".", "", StringComparison.Ordinal).Trim('0');
                text.Length.ShouldBeLessThanOrEqualTo(4);
            }).CheckSeeded();
    }

    [Fact]
    public void Values_AreInOrderAndHaveTheirCount()
    {
        Prop.ForAll(
            (from low in Gen.Choose(1, 1000)
             from more in Gen.Choose(1, 1000)
             from n in Gen.Choose(2, 50)
             from word in Gen.Elements("lin", "log")
             select (low, high: low + more, n, word)).ToArbitrary(),
            each =>
            {
                string text = $"{each.low}..{each.high} {each.word} {each.n}";
                if (!RangeText.TryExpand(text, false, out IReadOnlyList<string> values, out string why))
                {
                    why.ShouldContain("twice", Case.Sensitive, text);
                    return;
                }

                values.Count.ShouldBe(each.n);
                values[0].ShouldBe(each.low.ToString(CultureInfo.InvariantCulture));
                values[^1].ShouldBe(each.high.ToString(CultureInfo.InvariantCulture));
                foreach ((string a, string b) in values.Zip(values.Skip(1)))
                {
                    UnitNumber.TryParse(a, out UnitNumber lower).ShouldBeTrue(a);
                    UnitNumber.TryParse(b, out UnitNumber upper).ShouldBeTrue(b);
                    (lower.Value < upper.Value).ShouldBeTrue(text);
                    RatioText.TryParse(a, out _, out string? bad).ShouldBeTrue(bad);
                }
            }).CheckSeeded();
    }

    /// <summary>Units are those of the job's quantities, with their sizes.</summary>
    [Fact]
    public void Units_AreThoseOfTheJob()
    {
        foreach (SweepUnit unit in SweepUnit.All)
        {
            string text = $"3{unit.Name}";
            ulong expected = unit.Dimension switch
            {
                { Time: 1 } => Quantity.TryParseDuration(text, out VirtualDuration time, out _)
                    ? time.Picoseconds : 0,
                { Time: -1, Bytes: 0 } => Quantity.TryParseFrequency(text, out Frequency hertz, out _)
                    ? hertz.Hertz : 0,
                { Time: 0, Bytes: 1 } => Quantity.TryParseSize(text, out ulong bytes, out _) ? bytes : 0,
                { Bytes: 1 } => Quantity.TryParseBandwidth(text, out ulong bits, out _) ? bits : 0,
                _ => CycleCount.TryParse(text, out CycleCount cycles, out _) ? (ulong)cycles.Cycles : 0,
            };
            ExactNumber picoseconds = new(1_000_000_000_000, 1);
            ExactNumber own = 3 * unit.Scale * (unit.Dimension.Time == -1
                ? picoseconds * (unit.Dimension.Bytes == 1 ? 8 : 1)
                : 1);
            own.ShouldBe(new ExactNumber(expected, 1), unit.Name);
        }

        SweepUnit.All.Select(unit => unit.Name).Distinct().Count().ShouldBe(SweepUnit.All.Count);
    }
}
