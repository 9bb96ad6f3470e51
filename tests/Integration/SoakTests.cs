using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Every program on several machines and event levels: native output, time that adds up,
/// and the same bytes twice. `./test soak` only.</summary>
[Trait("Tier", "soak")]
public sealed class SoakTests
{
    public static TheoryData<string, int, string> Machines
    {
        get
        {
            var data = new TheoryData<string, int, string>();
            foreach (string program in Programs.All)
            {
                foreach (int cores in new[] { 1, 2, 5, 64 })
                {
                    foreach (string level in new[] { "off", "filtered", "full" })
                    {
                        data.Add(program, cores, level);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Machines))]
    public void Program_IsRightOnEveryMachine(string program, int cores, string level)
    {
        string path = Paths.Guest(program, "dynamic");
        string[] arguments = program == "clock" ? ["5"] : [];
        string[] options = ["--cores", $"{cores}", "--events", level];
        using var folder = new TempFolder();
        var settings = new CommandSettings { Folder = folder.Path };
        Run first = Run.Of(options, path, arguments, settings);
        first.Output.ShouldBe(Run.Native(path, arguments).Output, first.Error);
        first.AddsUp(cores);
        Run.Of(options, path, arguments, settings).Deterministic.ShouldBe(first.Deterministic);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Slice_ChangesNoOutputOfThreads(int seed)
    {
        // Odd slice lengths move every preemption; the program's result may not care.
        string program = Paths.Guest("threads");
        string expected = Run.Native(program, ["8", "50"]).Output;
        int slice = 1 + (int)((ulong)seed * 7919 % 5000);
        Run run = Run.Of(["--cores", "4", $"time.slice={slice}cycles"], program, ["8", "50"]);
        run.Output.ShouldBe(expected, run.Error);
    }
}
