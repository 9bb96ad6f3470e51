using System.Globalization;
using Dilaton.Tests.Differential;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Dilaton.Tests.Fuzz;

/// <summary>Hostile code ends in a fault or at its budget, as on the CPU where that is harmless,
/// and never breaks the host process. A failure names the command that repeats it.</summary>
public sealed class HostileCodeTests(ITestOutputHelper output)
{
    private const ulong CasesQuick = 600;
    private const ulong CasesSoak = 50_000;

    [Fact]
    public void RandomBytes_EndInFaultOrBudget() => Check("random");

    [Fact]
    public void FlippedBytes_EndAsOnTheCpu() => Check("flipped");

    [Fact]
    public void JumpsIntoTheMiddleOfInstructions_GoAsOnTheCpu() => Check("jumps");

    [Fact]
    public void SelfModifyingCode_SeesItsOwnStores() => Check("self");

    [Fact]
    public void CodeCacheExhaustion_ChangesNoResult() =>
        WorkerProcess.Run("exhaust").ShouldBe("");

    private void Check(string kind)
    {
        ulong count = TestSettings.IsSoak ? CasesSoak : CasesQuick;
        string seed = (TestSettings.Seed * 1_000_000).ToString(CultureInfo.InvariantCulture);
        output.WriteLine($"{kind} {seed} {count}");
        WorkerProcess.Run(kind, seed, count.ToString(CultureInfo.InvariantCulture)).ShouldBe("");
    }
}
