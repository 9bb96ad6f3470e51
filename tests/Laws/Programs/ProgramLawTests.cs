using Dilaton.Core;
using Dilaton.Tests.Laws.Memory;
using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Laws.Programs;

/// <summary>Laws 1 and 8 on real programs in the translator.</summary>
public sealed class ProgramLawTests
{
    [NeedsToolsTheory("make", "gcc")]
    [InlineData(1, 1, 1, 3_000_000_000)]
    [InlineData(1000, 1, 1, 2_999_999_999)]
    [InlineData(1_000_003, 3, 7, 1_234_567_891)]
    [InlineData(1_000_003, 5, 2, 3_000_000_000)]
    public void Law1_ALoopTakesExactlyItsCyclesOverFrequency(
        int rounds, ulong cpiNumerator, ulong cpiDenominator, ulong hertz)
    {
        string[] lines = new NodeProcess
        {
            Program = NodeProcess.Build($"freestanding/count-{rounds}"),
            Events = MemoryEventLevel.Off,
            HasIdealKernel = true,
            Hertz = hertz,
            CpiNumerator = cpiNumerator,
            CpiDenominator = cpiDenominator,
        }.Run().Split('\n');
        UInt128 instructions = (2 * (UInt128)rounds) + 4;
        UInt128 exact = instructions * cpiNumerator * 1_000_000_000_000
            / ((UInt128)cpiDenominator * hertz);
        lines[0].ShouldBe("GuestExited");
        lines[1].ShouldBe(exact.ToString());
    }

    [NeedsToolsTheory("make", "gcc")]
    [InlineData("static/hello", 1)]
    [InlineData("static/threads", 1)]
    [InlineData("static/threads", 4)]
    [InlineData("static/openmp", 4)]
    public void Law8_BytesRepeatOnALoadedHost(string program, int vcpus)
    {
        var node = new NodeProcess
        {
            Program = NodeProcess.Build(program),
            VcpuCount = vcpus,
            WithCuts = true,
        };
        string first = node.Run();
        first.ShouldStartWith("GuestExited");
        using var busy = new HostLoad();
        node.Run().ShouldBe(first);
    }

    /// <summary>One process on cores that are not alike runs from two translations of the same code.</summary>
    [NeedsToolsTheory("make", "gcc")]
    [InlineData(MemoryEventLevel.Off)]
    [InlineData(MemoryEventLevel.Filtered)]
    [InlineData(MemoryEventLevel.Full)]
    public void Law8_OnCoresThatAreNotAlike_TheProgramDoesTheSame_AndBytesRepeat(MemoryEventLevel events)
    {
        var alike = new NodeProcess
        {
            Program = NodeProcess.Build("static/threads"),
            VcpuCount = 4,
            Events = events,
        };
        NodeProcess unequal = alike with { Cores = "1 3/4 1 3/4 1/2 1 1/3 5/2", WithCuts = true };
        string first = unequal.Run();
        first.ShouldStartWith("GuestExited");
        unequal.Run().ShouldBe(first);
        string[] plain = Told((alike with { Cores = "1 1 1 1 1 1 1 1" }).Run());
        plain.ShouldBe(Told(alike.Run()), "cores of one kind are alike");
        first.Split('\n')[1].ShouldNotBe(plain[1]);

        // Without which kind each is of.
        static string[] Told(string run) => [.. run.Split('\n').Where(line =>
            !line.Contains(".kind ", StringComparison.Ordinal) && !line.Contains(".frequency ", StringComparison.Ordinal))];
    }

    [NeedsToolsTheory("make", "gcc")]
    [InlineData("static/hello")]
    [InlineData("static/quicksort")]
    [InlineData("static/threads")]
    public void Law8_OnOneVcpuFilteredEqualsFullAndNoCutShows(string program)
    {
        var node = new NodeProcess { Program = NodeProcess.Build(program) };
        string first = node.Run();
        first.ShouldStartWith("GuestExited");
        NodeProcess[] others =
        [
            node with { Events = MemoryEventLevel.Full },
            node with { SliceCycles = 77 },
            node with { WeaveNanoseconds = 1_777 },
            node with { FastForwardSpins = false },
            node with { BlockInstructionsMax = 3 },
        ];
        foreach (NodeProcess other in others)
        {
            other.Run().ShouldBe(first, other.ToString());
        }
    }

    [NeedsToolsTheory("make", "gcc")]
    [InlineData("static/quicksort", BranchPredictorKind.Tage, false)]
    [InlineData("static/threads", BranchPredictorKind.Gshare, false)]
    [InlineData("static/threads", BranchPredictorKind.Tage, true)]
    public void Law8_OnOneVcpuNoCutShowsInWhatIsPredicted(string program, BranchPredictorKind kind, bool isOutOfOrder)
    {
        var node = new NodeProcess
        {
            Program = NodeProcess.Build(program),
            Events = MemoryEventLevel.Full,
            Predictor = kind,
            IsOutOfOrder = isOutOfOrder,
        };
        string first = node.Run();
        first.ShouldStartWith("GuestExited");
        first.ShouldContain("branchMispredictions");
        NodeProcess[] others =
        [
            node with { Events = isOutOfOrder ? MemoryEventLevel.Full : MemoryEventLevel.Filtered },
            node with { SliceCycles = 77 },
            node with { WeaveNanoseconds = 1_777 },
            node with { BlockInstructionsMax = 3 },
        ];
        foreach (NodeProcess other in others)
        {
            other.Run().ShouldBe(first, other.ToString());
        }
    }
}
