using System.Globalization;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Dilaton.Tests.Differential;

/// <summary>The translator against the CPU. A failure names the case and the command that repeats
/// it: dotnet Dilaton.Tests.Differential.dll COMMAND.</summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const int BlocksQuick = 300;
    private const int BlocksSoak = 20_000;

    [Fact]
    public void GoldenVectors_HoldTranslated() => Check("golden", "0");

    [Fact]
    public void EveryEncoding_RunsTranslatedAsOnTheCpu() => Check(
        "systematic", Text(TestSettings.Seed), "0", "9999", TestSettings.IsSoak ? "all" : "some");

    [Fact]
    public void RandomBlocks_RunTranslatedAsOnTheCpu() => Check(
        "blocks", Text(TestSettings.Seed * 1_000_000),
        Text((ulong)(TestSettings.IsSoak ? BlocksSoak : BlocksQuick)));

    [Fact]
    public void ForbiddenInstructions_FaultAsOnTheCpu() => Check("faults", "0");

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private void Check(params string[] arguments)
    {
        output.WriteLine($"seed {TestSettings.Seed}: {string.Join(' ', arguments)}");
        WorkerProcess.Run(arguments).ShouldBe("");
    }
}
