using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>The same job gives the same bytes, on a quiet host and on a loaded one.</summary>
public sealed class DeterminismTests
{
    [Theory]
    [InlineData("hello", 1)]
    [InlineData("files", 1)]
    [InlineData("threads", 4)]
    public void TwoRuns_QuietAndLoaded_GiveTheSameBytes(string program, int cores) =>
        Compare(Paths.Guest(program, "dynamic"), [], cores);

    [Theory]
    [InlineData("openmp", 64)]
    [InlineData("exceptions", 2)]
    [InlineData("clock", 1)]
    [Trait("Tier", "slow")]
    public void MorePrograms_QuietAndLoaded_GiveTheSameBytes(string program, int cores) =>
        Compare(Paths.Guest(program, "dynamic"), [], cores);

    [RequiresFact("/usr/bin/python3")]
    [Trait("Tier", "slow")]
    public void Python_QuietAndLoaded_GivesTheSameBytes() => Compare(
        "/usr/bin/python3",
        ["-S", "-E", "-c", "import os,random,time;print(os.getpid(),random.random(),time.time(),"
            + "os.urandom(8).hex(),id(0),hash('x'))"], 2);

    [Fact]
    public void Seed_ChangesTheRandomBytesOfTheGuest()
    {
        string program = Paths.Guest("clock");
        Run one = Run.Of(["--seed", "1"], program, ["5", "x"]);
        Run two = Run.Of(["--seed", "2"], program, ["5", "x"]);
        one.Result["seed"]!.GetValue<long>().ShouldBe(1);
        two.Result["seed"]!.GetValue<long>().ShouldBe(2);
    }

    private static void Compare(string program, string[] arguments, int cores)
    {
        using var folder = new TempFolder();
        var settings = new CommandSettings { Folder = folder.Path };
        string[] options = ["--cores", $"{cores}"];
        string quiet = Run.Of(options, program, arguments, settings).Deterministic;
        var load = new List<Process>();
        try
        {
            for (int i = 0; i < Environment.ProcessorCount + 1; i++)
            {
                var spin = new ProcessStartInfo(Paths.Guest("endless"), ["spin"])
                {
                    RedirectStandardOutput = true,
                };
                load.Add(Process.Start(spin)!);
            }

            Run.Of(options, program, arguments, settings).Deterministic.ShouldBe(quiet);
        }
        finally
        {
            foreach (Process process in load)
            {
                process.Kill();
                process.Dispose();
            }
        }
    }
}
