using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Time;

namespace Dilaton.Tests.Simulation;

/// <summary>A scripted node, put together.</summary>
public sealed class ScriptedRun : IDisposable
{
    public ScriptedRun(
        ScriptInstruction[] program,
        IReadOnlyList<ulong> entries,
        NodeSessionOptions? options = null,
        int recordsPerBlock = 64,
        bool hasMemory = true,
        FakeMemory? memory = null,
        ulong quantumNanoseconds = 0,
        bool recordsActs = true,
        IIntervalPeer? peer = null,
        uint knownCycles = FakeHierarchy.CutCycles,
        IReadOnlyList<NodeWindow>? windows = null)
    {
        Options = options ?? Defaults();
        Session = new NodeSession(Options);
        Engine = new ScriptedEngine(program, Options.VcpuCount, Session, recordsPerBlock);
        Kernel = new ScriptedKernel(
            Session,
            Session.Events,
            Session,
            Session,
            Options.VcpuCount,
            entries,
            VirtualDuration.FromNanoseconds(quantumNanoseconds))
        {
            RecordsActs = recordsActs,
        };
        Hierarchy = hasMemory
            ? new FakeHierarchy(Options.VcpuCount) { KnownCycles = knownCycles }
            : null;
        Memory = hasMemory && peer is null ? memory ?? new FakeMemory() : null;
        Session.Attach(Engine, Kernel, Kernel, Hierarchy, Memory, peer, windows);
    }

    public NodeSessionOptions Options { get; }

    public NodeSession Session { get; }

    public ScriptedEngine Engine { get; }

    public ScriptedKernel Kernel { get; }

    public FakeHierarchy? Hierarchy { get; }

    public FakeMemory? Memory { get; }

    public static NodeSessionOptions Defaults(int vcpuCount = 1) => new()
    {
        VcpuCount = vcpuCount,
        Frequency = new Frequency(3_000_000_000),
        CyclesPerInstruction = new Ratio(3, 4),
        TscFrequency = new Frequency(2_100_000_000),
        SliceCycles = NodeSessionOptions.DefaultSliceCycles,
        WeaveInterval = NodeSessionOptions.DefaultWeaveInterval,
        FeedbackIntervals = 0,
        WorstStallPerCycle = 300,
        KernelCosts = KernelCosts.Typical,
        StoreBufferEntries = 3,
        Events = MemoryEventLevel.Full,
        RegionEvents = null,
        RegionStatistics = false,
        Until = VirtualTime.FromPicoseconds(50_000_000_000),
        FastForwardSpins = true,
        TimelineSamplesMax = NodeSessionOptions.DefaultTimelineSamples,
        EventLog = null,
        Observer = null,
    };

    public NodeResult Run() => Session.Run();

    /// <summary>All that must be equal where two runs must be equal.</summary>
    public string Fingerprint(NodeResult result)
    {
        var lines = new List<string>
        {
            $"{result.End} {result.Time.Picoseconds} {result.EventLogHash}",
        };
        for (int i = 0; i < Options.VcpuCount; i++)
        {
            lines.Add(Session.Times(new VcpuId(i)).ToString());
            lines.Add(Session.ReadProgress(new VcpuId(i)).Instructions.ToString());
        }

        lines.AddRange(Kernel.Acts.Select(a => $"{a.At.Picoseconds} {a.What} {a.Thread}"));
        return string.Join('\n', lines);
    }

    public UInt128 Statistic(string name)
    {
        var list = new StatisticsList();
        Session.Collect(list);
        return list.Items.Single(s => s.Name == name).Value;
    }

    public void Dispose()
    {
        Engine.Dispose();
        Session.Dispose();
    }
}
