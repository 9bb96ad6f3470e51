using System.Text;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Differential;

public sealed class GoldenVectorTests
{
    [Fact]
    public void GoldenVectors_HoldOnTheRealCpu()
    {
        using NativeRunner runner = new(64);
        StringBuilder failures = new();
        int count = 0;
        foreach (GoldenVector golden in GoldenCheck.All())
        {
            count++;
            NativeResult native = runner.Run(golden.Test, isSingleStep: false);
            failures.Append(
                GoldenCheck.Difference(golden, native.End, native.Image, native.Vector));
        }

        failures.ToString().ShouldBe("");
        count.ShouldBeGreaterThanOrEqualTo(800);
    }

    [Fact]
    public void GoldenVectors_SurviveWritingAndReading()
    {
        foreach (GoldenVector golden in GoldenCheck.All())
        {
            string path = Path.GetTempFileName();
            string text = golden.Write();
            File.WriteAllText(path, text);
            GoldenVector.Read(path).Single().Write().ShouldBe(text);
            File.Delete(path);
        }
    }
}
