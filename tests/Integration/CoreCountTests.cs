using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A program sees the emulated machine, whatever the host has.</summary>
public sealed class CoreCountTests
{
    [Theory]
    [InlineData(1, "dynamic")]
    [InlineData(3, "static")]
    [InlineData(64, "static")]
    public void Guest_SeesTheEmulatedCoreCount(int cores, string kind)
    {
        Run run = Run.Of(["--cores", $"{cores}"], Paths.Guest("nproc", kind), []);
        string range = cores == 1 ? "0" : $"0-{cores - 1}";
        run.Output.ShouldBe($"""
            configured {cores}
            online {cores}
            affinity {cores}
            cpuinfo {cores}
            stat {cores}
            sys {cores}
            range {range}
            inside 1

            """, run.Error);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public void Guest_SeesTheSameProcessorInCpuidAndCpuinfo(int cores) =>
        Run.Of(["--cores", $"{cores}"], Paths.Guest("cpuid"), [])
            .Output.ShouldBe("0 differences\n");

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(64)]
    public void OpenMp_UsesTheEmulatedCores(int cores)
    {
        string program = Paths.Guest("openmp", "dynamic");
        string expected = Run.Native(program, ["2000"]).Output;
        Run run = Run.Of(["--cores", $"{cores}"], program, ["2000"]);
        run.Error.ShouldBe($"processors {cores} threads {cores}\n");
        run.Output.ShouldBe(expected);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(8, 8)]
    [InlineData(2, 64)]
    [InlineData(64, 64)]
    public void Threads_GiveTheSameResultOnAnyNumberOfCores(int cores, int threads)
    {
        string program = Paths.Guest("threads");
        string[] arguments = [$"{threads}", "10"];
        string expected = Run.Native(program, arguments).Output;
        Run run = Run.Of(["--cores", $"{cores}"], program, arguments);
        run.Output.ShouldBe(expected, run.Error);
    }

    [Fact]
    public void MoreCores_TakeLessVirtualTime()
    {
        ulong one = Time(1), four = Time(4);
        // 4 threads of equal work; start-up and the master's part stay serial.
        ((double)one / four).ShouldBeInRange(1.8, 4.01);

        static ulong Time(int cores) => Run.Of(
            ["--cores", $"{cores}", "--events", "off"],
            Paths.Guest("openmp", "dynamic"), ["100000"]).VirtualTimePs;
    }
}
