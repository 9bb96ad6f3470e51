using System.Diagnostics;
using System.Globalization;
using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Models.Memory;
using Dilaton.Tests.Laws.Memory;
using Dilaton.Time;
using Shouldly;

namespace Dilaton.Tests.Laws.Programs;

/// <summary>A real node in a process of its own, which is this assembly run as a program.
/// </summary>
internal sealed record NodeProcess
{
    public required string Program { get; init; }

    public int VcpuCount { get; init; } = 1;

    public MemoryEventLevel Events { get; init; } = MemoryEventLevel.Filtered;

    public ulong Hertz { get; init; } = 3_000_000_000;

    public ulong CpiNumerator { get; init; } = 1;

    public ulong CpiDenominator { get; init; } = 1;

    /// <summary>Speed and CPI of each core, such as "1 1/2 1/2 3/4"; empty: all are alike.</summary>
    public string Cores { get; init; } = "";

    public bool HasIdealKernel { get; init; }

    public ulong SliceCycles { get; init; } = NodeSessionOptions.DefaultSliceCycles;

    public ulong WeaveNanoseconds { get; init; } = 10_000;

    public bool FastForwardSpins { get; init; } = true;

    public int BlockInstructionsMax { get; init; } = 64;

    /// <summary>Of the cores' branches; null: none.</summary>
    public BranchPredictorKind? Predictor { get; init; }

    public bool IsOutOfOrder { get; init; }

    /// <summary>Run it under KVM, in measured time.</summary>
    public bool UsesKvm { get; init; }

    /// <summary>Tell also the counts of how the work was cut up.</summary>
    public bool WithCuts { get; init; }

    /// <summary>Runs the node.</summary>
    /// <returns>Its end, time, statistics, output and event log.</returns>
    public string Run()
    {
        ProcessStartInfo start = new("dotnet", [typeof(NodeProcess).Assembly.Location, .. Words()])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{this}\n{text}");
        return text;
    }

    public static NodeProcess Parse(string[] words) => new()
    {
        Program = words[0],
        VcpuCount = (int)Number(words[1]),
        Events = Enum.Parse<MemoryEventLevel>(words[2]),
        Hertz = Number(words[3]),
        CpiNumerator = Number(words[4]),
        CpiDenominator = Number(words[5]),
        HasIdealKernel = bool.Parse(words[6]),
        SliceCycles = Number(words[7]),
        WeaveNanoseconds = Number(words[8]),
        FastForwardSpins = bool.Parse(words[9]),
        BlockInstructionsMax = (int)Number(words[10]),
        WithCuts = bool.Parse(words[11]),
        UsesKvm = bool.Parse(words[12]),
        Predictor = words[13].Length == 0 ? null : Enum.Parse<BranchPredictorKind>(words[13]),
        IsOutOfOrder = bool.Parse(words[14]),
        Cores = words[15],
    };

    /// <summary>What the process does.</summary>
    public void Tell(TextWriter writer)
    {
        MemoryPreset? memory = Events == MemoryEventLevel.Off ? null : MemoryPresets.Server;
        NodeSessionOptions options = Options();
        using var node = new RealNode(Program, options, memory, BlockInstructionsMax);
        NodeResult result = node.Run();
        writer.WriteLine(result.End);
        writer.WriteLine(result.Time.Picoseconds);
        for (int i = 0; i < VcpuCount; i++)
        {
            VcpuTimes t = node.Times(i);
            Invariant.Require(
                t.TotalUnits == t.ExecutedUnits + t.StallUnits + t.KernelUnits + t.WaitingUnits);
            Invariant.Require(
                UsesKvm || t.ExecutedUnits == node.Instructions(i) * options.CoreOf(i).CyclesPerInstruction.Numerator);
            writer.WriteLine(t);
        }

        writer.Write(node.Statistics(WithCuts));
        writer.Write(node.GuestOutput);
        writer.Write(node.Log);
    }

    /// <summary>Builds tests/guests/<paramref name="name"/>, such as <c>static/threads</c>.
    /// </summary>
    public static string Build(string name)
    {
        string guests = Path.Combine(HostTool.RepositoryRoot, "tests/guests");
        HostTool.Run("make", ["-s", "-C", guests, $"../../artifacts/guests/{name}"]);
        return Path.Combine(HostTool.RepositoryRoot, "artifacts/guests", name);
    }

    private static ulong Number(string word) => ulong.Parse(word, CultureInfo.InvariantCulture);

    private string[] Words() =>
    [
        Program,
        $"{VcpuCount}",
        $"{Events}",
        $"{Hertz}",
        $"{CpiNumerator}",
        $"{CpiDenominator}",
        $"{HasIdealKernel}",
        $"{SliceCycles}",
        $"{WeaveNanoseconds}",
        $"{FastForwardSpins}",
        $"{BlockInstructionsMax}",
        $"{WithCuts}",
        $"{UsesKvm}",
        $"{Predictor}",
        $"{IsOutOfOrder}",
        Cores,
    ];

    private CoreOptions[] CoresOf()
    {
        Ratio[] terms = [.. Cores.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word =>
        {
            string[] parts = word.Split('/');
            return new Ratio(Number(parts[0]), parts.Length > 1 ? Number(parts[1]) : 1);
        })];
        return [.. terms.Chunk(2).Select(core => new CoreOptions
        {
            Speed = core[0],
            CyclesPerInstruction = core[1],
            StoreBufferEntries = NodeSessionOptions.DefaultStoreBufferEntries,
        })];
    }

    private NodeSessionOptions Options() => new()
    {
        Cores = CoresOf(),
        VcpuCount = VcpuCount,
        Frequency = new Frequency(Hertz),
        CyclesPerInstruction = new Ratio(CpiNumerator, CpiDenominator),
        TscFrequency = new Frequency(Hertz),
        SliceCycles = SliceCycles,
        WeaveInterval = VirtualDuration.FromNanoseconds(WeaveNanoseconds),
        FeedbackIntervals = 0,
        WorstStallPerCycle = Events == MemoryEventLevel.Off ? 0 : 900u,
        KernelCosts = HasIdealKernel ? KernelCosts.Ideal : KernelCosts.Typical,
        StoreBufferEntries = NodeSessionOptions.DefaultStoreBufferEntries,
        Events = Events,
        RegionEvents = null,
        RegionStatistics = false,
        Until = null,
        FastForwardSpins = FastForwardSpins && !UsesKvm && Predictor is null,
        Branches = Predictor is { } kind
            ? new BranchOptions { Predictor = kind, Entries = 1024, PenaltyCycles = 15 }
            : null,
        OutOfOrder = IsOutOfOrder
            ? new OutOfOrderOptions { WindowInstructions = 224, LoadQueueEntries = 72, MissRegisters = 12 }
            : null,
        MeasuresRunTime = UsesKvm,
        TimelineSamplesMax = NodeSessionOptions.DefaultTimelineSamples,
        EventLog = null,
        Observer = null,
    };
}
