using System.Numerics;
using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Guest;
using Dilaton.Models.Memory;
using Dilaton.Time;

namespace Dilaton.Cli;

/// <summary>From a resolved job to the options of each part.</summary>
internal static class JobMapping
{
    private const uint AccessesPerInstruction = 3;
    private const uint ReadsPerWalk = 4;
    private const int TimelineRowsMax = 16_384;
    private const int TimelineSamplesLeast = 16;

    /// <summary>The levels in front of the cut.</summary>
    public static HierarchyOptions Hierarchy(MemoryJob memory)
    {
        CachesJob caches = memory.Caches;
        CacheJob? l2 = memory.Cut is CutPlace.L1 or CutPlace.None ? null : caches.L2;
        CacheJob? l3 = memory.Cut == CutPlace.Hierarchy ? caches.L3 : null;

        // Where the shared level went behind the cut, another core's line costs what it says.
        Latency? shared = caches.L3?.Latency
            ?? (caches.L2Sharing == SharingChoice.Shared ? caches.L2?.Latency : null);
        return Hierarchy(caches with
        {
            L2 = l2,
            L3 = l3,
            Coherence = caches.Coherence ?? (memory.Cut == CutPlace.Hierarchy ? null : shared),
        }) with
        {
            Translation = memory.Tlb is { } tlb ? Translation(tlb) : null,
        };
    }

    /// <summary>The same, with each core's own.</summary>
    public static HierarchyOptions Hierarchy(NodeJob node)
    {
        HierarchyOptions all = Hierarchy(node.Memory);
        if (!node.Cores.Kinds.Any(kind => kind.Caches is not null))
        {
            return all;
        }

        return all with
        {
            Private =
            [
                .. node.Cores.Kinds.SelectMany(kind =>
                {
                    HierarchyOptions own = Hierarchy(
                        node.Memory with { Caches = kind.CachesOf(node.Memory.Caches) });
                    return Enumerable.Repeat(new PrivateCaches(own.L1I, own.L1D, own.L2), kind.Count);
                }),
            ],
        };
    }

    private static TranslationOptions Translation(TlbJob tlb) => new()
    {
        Instructions = new TlbOptions { Entries = tlb.ItlbEntries, Ways = tlb.ItlbWays },
        Data = new TlbOptions { Entries = tlb.DtlbEntries, Ways = tlb.DtlbWays },
        Second = tlb.StlbEntries == 0
            ? null
            : new TlbOptions { Entries = tlb.StlbEntries, Ways = tlb.StlbWays },
        SecondCycles = tlb.StlbLatency.Cycles,
        WalkCacheEntries = tlb.WalkCache,
    };

    private static HierarchyOptions Hierarchy(CachesJob caches) => new()
    {
        L1I = caches.L1i is { } l1i ? Cache(l1i, caches.LineSize) : null,
        L1D = Cache(caches.L1d!, caches.LineSize),
        L2 = caches.L2 is { } l2 ? Cache(l2, caches.LineSize) : null,
        L2Sharing = caches.L2Sharing == SharingChoice.Shared
            ? CacheSharing.Shared
            : CacheSharing.Private,
        L3 = caches.L3 is { } l3 ? Cache(l3, caches.LineSize) : null,
        Inclusion = caches.Inclusion == InclusionChoice.Inclusive
            ? InclusionPolicy.Inclusive
            : InclusionPolicy.NonInclusive,
        Writebacks = caches.Writebacks == WritebackChoice.Silent
            ? WritebackPolicy.Silent
            : WritebackPolicy.Allocate,
        Modifies = caches.Modifies == ModifyChoice.Load
            ? ModifyCounting.Load
            : ModifyCounting.LoadAndStore,
        Coherence = caches.Coherence is { } latency ? LatencyOf(latency) : null,
    };

    public static FlatDramOptions Dram(MemoryJob memory) => Dram(memory.Dram, memory.Caches.LineSize);

    public static FlatDramOptions Dram(DramJob dram, ByteSize line) => new()
    {
        Latency = dram.Latency,
        BandwidthBitsPerSecond = dram.Bandwidth.BitsPerSecond,
        Channels = dram.Channels,
        LineSizeBytes = (int)line.Bytes,
    };

    /// <summary>The kernel's work takes the host's time, where that is what counts.</summary>
    private static KernelCosts Costs(Job job) => job.Time.Base == TimeBase.Wall
        ? KernelCosts.Ideal
        : Costs(job.Kernel);

    public static KernelCosts Costs(KernelJob kernel)
    {
        if (kernel.Mode == KernelMode.Ideal)
        {
            return KernelCosts.Ideal;
        }

        KernelBaseJob costs = kernel.Base;
        return new KernelCosts(
            new Dictionary<KernelCostClass, VirtualDuration>
            {
                [KernelCostClass.Trivial] = costs.Trivial,
                [KernelCostClass.File] = costs.File,
                [KernelCostClass.Memory] = costs.Memory,
                [KernelCostClass.Wait] = costs.Wait,
                [KernelCostClass.Process] = costs.Process,
                [KernelCostClass.PageFault] = costs.PageFault,
                [KernelCostClass.ContextSwitch] = costs.ContextSwitch,
                [KernelCostClass.Signal] = costs.Signal,
                [KernelCostClass.Network] = costs.Network,
                [KernelCostClass.Packet] = costs.Packet,
            },
            kernel.CopyRate.BitsPerSecond / 8);
    }

    /// <param name="nodeCount">Of the whole job.</param>
    /// <param name="pace">With time.base: wall.</param>
    public static NodeSessionOptions Session(
        Job job, NodeJob node, int nodeCount, INodeObserver observer, IHostPace? pace = null)
    {
        MemoryEventLevel level = job.Events.Level.OfEngine();
        bool marked = job.Events.RegionMarks == RegionMarks.Switch;
        bool isMeasured = node.Engine == EngineChoice.Kvm;
        return new NodeSessionOptions
        {
            VcpuCount = node.Cores.Count,
            Frequency = Clock(node, Dilation.TdfOf(job, node).First),
            CyclesPerInstruction = isMeasured ? Ratio.One : node.Cores.Model.Cpi,
            MeasuresRunTime = isMeasured,
            SliceLeastUnits = isMeasured ? MeasuredTime.SliceLeastNanoseconds : 1,
            TscFrequency = node.Cores.Frequency,
            SliceCycles = isMeasured ? MeasuredTime.SliceNanoseconds : job.Time.Slice.Cycles,
            WeaveInterval = job.Time.Weave,
            FeedbackIntervals = node.Memory.Peer is null ? 0 : job.Time.Feedback.Intervals,
            WorstStallPerCycle = WorstStall(job.Events, node),
            KernelCosts = Costs(job),
            Pace = pace,
            StoreBufferEntries = node.Cores.Model.StoreBuffer,
            SecondLevelCycles = (uint)(node.Memory.Caches.L2?.Latency.ToCycles(node.Cores.Frequency) ?? 0),
            Cores = Cores(node),
            OutOfOrder = OutOfOrder(node.Cores.Model),
            Branches = Branches(node.Cores.Model),
            Events = marked ? MemoryEventLevel.Off : level,
            RegionEvents = marked ? level : null,
            RegionStatistics = job.Events.RegionMarks == RegionMarks.Statistics,
            Until = job.Time.Until is { } until ? VirtualTime.Zero + until : null,
            FastForwardSpins = !isMeasured && !node.Cores.PredictsBranches(),
            TimelineSamplesMax = TimelineSamples(nodeCount),
            EventLog = null,
            Observer = observer,
        };
    }

    /// <returns>One per vCPU; none where all are alike.</returns>
    private static CoreOptions[] Cores(NodeJob node)
    {
        List<CoreOptions> cores = [];
        for (int i = 0; i < node.Cores.Kinds.Count; i++)
        {
            CoreKindJob kind = node.Cores.Kinds[i];
            CoreOptions core = new()
            {
                Kind = i,
                Speed = kind.Speed,
                CyclesPerInstruction = kind.Model.Cpi,
                StoreBufferEntries = kind.Model.StoreBuffer,
                SecondLevelCycles = node.Memory.Caches.IsNone()
                    ? 0
                    : Hierarchy(node.Memory).SecondCycles(node.Cores.ClockOf(kind), node.Cores.Frequency),
                OutOfOrder = OutOfOrder(kind.Model),
                Branches = Branches(kind.Model),
            };
            cores.AddRange(Enumerable.Repeat(core, kind.Count));
        }

        return [.. cores];
    }

    public static OutOfOrderOptions? OutOfOrder(CoreModelJob model) => model.Kind == CoreModelKind.Inorder
        ? null
        : new OutOfOrderOptions
        {
            WindowInstructions = model.Window!.Value,
            LoadQueueEntries = model.LoadBuffer!.Value,
            MissRegisters = model.Mshrs!.Value,
        };

    private static BranchOptions? Branches(CoreModelJob model) => model.BranchPredictor == BranchPredictorChoice.None
        ? null
        : new BranchOptions
        {
            Predictor = model.BranchPredictor switch
            {
                BranchPredictorChoice.Bimodal => BranchPredictorKind.Bimodal,
                BranchPredictorChoice.Gshare => BranchPredictorKind.Gshare,
                _ => BranchPredictorKind.Tage,
            },
            Entries = model.BranchEntries!.Value,
            PenaltyCycles = model.MispredictPenalty!.Value,
            ReturnStackEntries = model.ReturnStack ?? 0,
            Indirect = model.IndirectSets is { } sets
                ? new IndirectOptions(sets, model.IndirectWays!.Value, model.IndirectPathLength!.Value)
                : null,
        };

    /// <summary>Of a node's timeline: a job of many nodes has fewer for each, so that all together
    /// stay about as many.</summary>
    public static int TimelineSamples(int nodeCount) => Math.Clamp(
        (int)BitOperations.RoundUpToPowerOf2((uint)(TimelineRowsMax / nodeCount / 2)),
        TimelineSamplesLeast,
        NodeSessionOptions.DefaultTimelineSamples);

    /// <summary>What a node meets from a step on.</summary>
    /// <param name="physical">As the job says it.</param>
    public static NodeRates Rates(Job physical, TdfStep step, FlatDram? dram)
    {
        Job job = Dilation.Apply(physical, step.Factor);
        NodeJob node = job.Nodes[0];
        return new NodeRates
        {
            From = VirtualTime.Zero + step.From,
            Factor = step.Factor,
            Frequency = Clock(node, step.Factor),
            KernelCosts = Costs(job),
            WorstStallPerCycle = WorstStall(job.Events, node),
            ChangeMemory = () => dram?.ChangeRates(Dram(node.Memory)),
        };
    }

    /// <param name="node">Dilated already.</param>
    private static Frequency Clock(NodeJob node, Ratio tdf) => node.Engine == EngineChoice.Kvm
        ? MeasuredTime.Clock(tdf)
        : node.Cores.Frequency;

    public static GuestOptions Guest(
        Job job, NodeJob node, NodePlace place, bool isShared)
    {
        ProgramJob program = node.Guest.Program;
        return new GuestOptions
        {
            ProgramPath = program.Path,
            Arguments = [program.Arg0 ?? program.Path, .. program.Args],
            Environment = [.. program.Env.Select(pair => $"{pair.Key}={pair.Value}")],
            VcpuCount = node.Cores.Count,
            MemoryLimitBytes = Math.Min(node.Memory.Size.Bytes, GuestLayout.WindowSizeBytes),
            Addressing = node.Memory.Addressing == Addressing.Identity
                ? MemoryAddressing.Identity
                : MemoryAddressing.FirstTouch,
            RealtimeEpochSeconds = job.Time.Epoch.UnixSeconds,
            Seed = NodeSeed.Of(job.Seed, place.Index),
            Window = AddressWindow.OfNode(place.Index),
            IsShared = isShared,
            HasOneProcess = !EngineKind.Of(node).Has(EngineTraits.SwitchesProcesses),
            TimeSlice = VirtualDuration.FromMilliseconds(3),
            NodeName = place.Count > 1 ? node.Name : GuestOptions.StandardNodeName,
            Network = job.Network is { } network && place.Cluster is { } cluster
                ? NetworkMapping.Interface(network, node.Nic, place.Index, cluster.Names) with
                {
                    PhysicalTime = Dilation.PhysicalTime(job),
                }
                : null,
        };
    }

    public static FileSystemOptions Files(NodeJob node, TerminalOptions terminal) =>
        new()
        {
            Grants =
            [
                .. node.Guest.Files.Select(grant => new FileGrant(
                    grant.Path,
                    grant.At,
                    grant.Access == GrantAccess.Write
                        ? FileAccessRight.ReadWrite
                        : FileAccessRight.ReadOnly)),
            ],
            WorkingDirectory = node.Guest.Program.Cwd,
            Machine = new MachineDescription
            {
                VcpuCount = node.Cores.Count,
                Frequency = node.Cores.Frequency,
                Clocks = node.Cores.Kinds.Count == 0 ? [] : [.. node.Cores.Clocks()],
                MemoryBytes = node.Memory.Size.Bytes,
                Caches = Described(node.Cores, node.Memory.Caches),
                OwnCaches = OwnCaches(node),
            },
            Terminal = terminal,
            HasInMemoryTmp = true,
            Windows =
            [
                .. node.Memory.Windows.Select(window => new WindowDevice(
                    window.Name, BaseOf(window), window.Size.Bytes)),
            ],
        };

    public static GuestPhysicalAddress BaseOf(WindowJob window) => new(window.Base!.Value.Value);

    private static CacheOptions Cache(CacheJob cache, ByteSize line) => new()
    {
        SizeBytes = cache.Size.Bytes,
        Ways = cache.Ways,
        LineSizeBytes = (int)line.Bytes,
        Latency = LatencyOf(cache.Latency),
        Replacement = cache.Replacement,
        Writes = cache.Writes,
        WriteMisses = cache.WriteMisses,
        Prefetcher = cache.Prefetcher == PrefetcherChoice.None
            ? null
            : new PrefetcherOptions
            {
                Kind = KindOf(cache.Prefetcher),
                Degree = cache.PrefetchDegree,
                Distance = cache.PrefetchDistance,
            },
    };

    private static PrefetcherKind KindOf(PrefetcherChoice choice) => choice switch
    {
        PrefetcherChoice.NextLine => PrefetcherKind.NextLine,
        PrefetcherChoice.Stride => PrefetcherKind.Stride,
        _ => PrefetcherKind.Stream,
    };

    private static CacheLatency LatencyOf(Latency latency) => latency.IsTime
        ? CacheLatency.FromTime(latency.Time)
        : CacheLatency.FromCycles(latency.Cycles);

    /// <summary>An instruction makes at most a fetch and two data accesses that count; each may go
    /// to the end of the hierarchy and behind the cut. A branch may be mispredicted.</summary>
    private static uint WorstStall(EventsJob events, NodeJob node)
    {
        if (!events.HasRecords(node) || node.Memory.Caches.IsNone())
        {
            return 0;
        }

        return node.Cores.EachKind().Max(kind => WorstStall(node.Memory, node.Cores.ClockOf(kind), kind.Model));
    }

    private static uint WorstStall(MemoryJob memory, Frequency clock, CoreModelJob model)
    {
        CachesJob caches = memory.Caches;
        ulong slowest = caches.Coherence?.ToCycles(clock) ?? 0;
        foreach (CacheJob? cache in new[] { caches.L1i, caches.L1d, caches.L2, caches.L3 })
        {
            slowest = Math.Max(slowest, cache?.Latency.ToCycles(clock) ?? 0);
        }

        ulong access = slowest + clock.CyclesCovering(DramMapping.SlowestOf(memory));
        ulong walk = memory.Tlb is { } tlb
            ? (ReadsPerWalk * access) + tlb.StlbLatency.Cycles
            : 0;
        ulong instruction = (AccessesPerInstruction * (access + walk))
            + (ulong)(model.MispredictPenalty ?? 0);
        Ratio cpi = model.Cpi;
        ulong cycle = new Ratio(cpi.Denominator, cpi.Numerator).ScaleUp(instruction);
        return (uint)Math.Clamp(cycle, 1, int.MaxValue);
    }

    private static IReadOnlyList<IReadOnlyList<CacheDescription>> OwnCaches(NodeJob node) =>
        !node.Cores.Kinds.Any(kind => kind.Caches is not null)
            ? []
            :
            [
                .. node.Cores.Kinds.SelectMany(kind => Enumerable.Repeat(
                    Described(node.Cores, kind.CachesOf(node.Memory.Caches)), kind.Count)),
            ];

    private static List<CacheDescription> Described(CoresJob cores, CachesJob caches)
    {
        int all = cores.Count;
        int l2 = caches.L2Sharing == SharingChoice.Shared ? all : 1;
        (int Level, CacheContent Content, CacheJob? Cache, int Shared)[] levels =
        [
            (1, CacheContent.Data, caches.L1d, 1),
            (1, CacheContent.Instruction, caches.L1i, 1),
            (2, CacheContent.Unified, caches.L2, l2),
            (3, CacheContent.Unified, caches.L3, all),
        ];
        List<CacheDescription> described = [];
        foreach ((int level, CacheContent content, CacheJob? cache, int shared) in levels)
        {
            if (cache is not null)
            {
                described.Add(new CacheDescription(
                    level,
                    content,
                    cache.Size.Bytes,
                    (uint)cache.Ways,
                    (uint)caches.LineSize.Bytes,
                    shared));
            }
        }

        return described;
    }
}
