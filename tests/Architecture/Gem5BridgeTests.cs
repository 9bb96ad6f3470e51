using Shouldly;
using Xunit;

namespace Dilaton.Tests.Architecture;

public sealed class Gem5BridgeTests
{
    /// <summary>CMake makes the library for an unmodified gem5, gem5's own scons the SimObjects.
    /// </summary>
    [Fact]
    public void EachSource_IsInTheWaysInThatItIsFor()
    {
        string folder = Path.Combine(Repository.Root, "gem5-bridge");
        string library = File.ReadAllText(Path.Combine(folder, "CMakeLists.txt"));
        string simObjects = File.ReadAllText(Path.Combine(folder, "vmm_bridge", "SConscript"));
        string[] sources =
        [
            .. Directory.GetFiles(Path.Combine(folder, "vmm_bridge"), "*.cpp")
                .Select(f => Path.GetFileNameWithoutExtension(f)),
        ];
        sources.Length.ShouldBeGreaterThan(3);
        sources.Where(s => library.Contains($"vmm_bridge/{s}.cpp", StringComparison.Ordinal))
            .ShouldBe(sources.Where(s => s != "VmmBridge"));
        sources.Where(s => simObjects.Contains($"'{s}'", StringComparison.Ordinal))
            .ShouldBe(sources.Where(s => s != "ExternalHandler"));
    }
}
