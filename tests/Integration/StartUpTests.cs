using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>What a run of next to nothing costs: front and worker, user and system.</summary>
public sealed class StartUpTests
{
    private const double CpuSecondsMax = 0.25;
    private const long MemoryBytesMax = 80 << 20;

    [Fact]
    public void HelloWorld_CostsAQuarterOfASecondOfCpuAtMost()
    {
        Run run = Run.Of(Paths.Guest("hello"));
        JsonNode host = run.Result["host"]!;
        host["cpuSeconds"]!.GetValue<double>().ShouldBeLessThan(CpuSecondsMax);
        host["peakMemoryBytes"]!.GetValue<long>().ShouldBeLessThan(MemoryBytesMax);
    }

    /// <summary>./dilaton makes do with less if it can't be, so nothing else would tell.</summary>
    [Fact]
    public void Tool_IsCompiledAheadOfTime()
    {
        _ = Command.Run(Paths.Dilaton, ["version"]);
        string folder = Path.Combine(Paths.Root, "artifacts", "dilaton");
        File.Exists(Path.Combine(folder, "bin", "Dilaton.Cli.dll"))
            .ShouldBeFalse($"see {Path.Combine(folder, "aot.log")}");
    }
}
