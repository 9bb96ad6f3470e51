using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>Every closed set of words in a job.</summary>
internal static class JobChoices
{
    public static Choice<EngineChoice> Engine { get; } = new(
        ("auto", EngineChoice.Auto),
        ("translator", EngineChoice.Translator),
        ("kvm", EngineChoice.Kvm));

    public static Choice<Isolation> Isolation { get; } = new(
        ("auto", Cli.Isolation.Auto),
        ("process", Cli.Isolation.Process),
        ("shared", Cli.Isolation.Shared));

    public static Choice<CoreModelKind> CoreModel { get; } = new(
        ("inorder", CoreModelKind.Inorder), ("interval", CoreModelKind.Interval));

    public static Choice<BranchPredictorChoice> BranchPredictor { get; } = new(
        ("none", BranchPredictorChoice.None),
        ("bimodal", BranchPredictorChoice.Bimodal),
        ("gshare", BranchPredictorChoice.Gshare),
        ("tage", BranchPredictorChoice.Tage));

    public static Choice<Addressing> Addressing { get; } = new(
        ("first-touch", Cli.Addressing.FirstTouch), ("identity", Cli.Addressing.Identity));

    public static Choice<PresetChoice> Preset { get; } = new(
        ("server", PresetChoice.Server),
        ("small", PresetChoice.Small),
        ("law9", PresetChoice.Law9));

    public static Choice<DramKind> DramKind { get; } = new(
        ("flat", Cli.DramKind.Flat),
        ("banks", Cli.DramKind.Banks),
        ("ddr4-2400", Cli.DramKind.Ddr4Of2400),
        ("ddr4-3200", Cli.DramKind.Ddr4Of3200),
        ("ddr5-4800", Cli.DramKind.Ddr5Of4800),
        ("hbm2", Cli.DramKind.Hbm2));

    public static Choice<TraceChoice> Trace { get; } = new(
        ("none", TraceChoice.None),
        ("dilaton", TraceChoice.Dilaton),
        ("prospero", TraceChoice.Prospero),
        ("prospero-binary", TraceChoice.ProsperoBinary),
        ("gem5", TraceChoice.Gem5));

    public static Choice<ProfileChoice> Profile { get; } = new(
        ("none", ProfileChoice.None), ("code", ProfileChoice.Code), ("data", ProfileChoice.Data));

    public static Choice<PlacementChoice> Placement { get; } = new(
        ("first-touch", PlacementChoice.FirstTouch), ("interleaved", PlacementChoice.Interleaved));

    public static Choice<PageChoice> Page { get; } = new(
        ("open", PageChoice.Open), ("closed", PageChoice.Closed));

    public static Choice<RatesChoice> Rates { get; } = new(
        ("virtual", RatesChoice.Virtual), ("physical", RatesChoice.Physical));

    public static Choice<SharingChoice> Sharing { get; } = new(
        ("private", SharingChoice.Private), ("shared", SharingChoice.Shared));

    public static Choice<InclusionChoice> Inclusion { get; } = new(
        ("non-inclusive", InclusionChoice.NonInclusive), ("inclusive", InclusionChoice.Inclusive));

    public static Choice<ReplacementPolicy> Replacement { get; } = new(
        ("lru", ReplacementPolicy.Lru),
        ("tree-plru", ReplacementPolicy.TreePlru),
        ("srrip", ReplacementPolicy.Srrip),
        ("brrip", ReplacementPolicy.Brrip),
        ("random", ReplacementPolicy.Random));

    public static Choice<PrefetcherChoice> Prefetcher { get; } = new(
        ("none", PrefetcherChoice.None),
        ("next-line", PrefetcherChoice.NextLine),
        ("stride", PrefetcherChoice.Stride),
        ("stream", PrefetcherChoice.Stream));

    public static Choice<WritePolicy> Writes { get; } = new(
        ("back", WritePolicy.Back), ("through", WritePolicy.Through));

    public static Choice<WriteMissPolicy> WriteMisses { get; } = new(
        ("allocate", WriteMissPolicy.Allocate), ("no-allocate", WriteMissPolicy.NoAllocate));

    public static Choice<WritebackChoice> Writebacks { get; } = new(
        ("allocate", WritebackChoice.Allocate), ("silent", WritebackChoice.Silent));

    public static Choice<ModifyChoice> Modifies { get; } = new(
        ("load-and-store", ModifyChoice.LoadAndStore), ("load", ModifyChoice.Load));

    public static Choice<CutPlace> Cut { get; } = new(
        ("hierarchy", CutPlace.Hierarchy),
        ("l1", CutPlace.L1),
        ("l2", CutPlace.L2),
        ("none", CutPlace.None));

    public static Choice<PeerKind> Peer { get; } = new(
        ("command", PeerKind.Command),
        ("sst", PeerKind.Sst),
        ("gem5", PeerKind.Gem5),
        ("manual", PeerKind.Manual),
        ("replay", PeerKind.Replay));

    public static Choice<RingChoice> Ring { get; } = new(
        ("auto", RingChoice.Auto), ("off", RingChoice.Off));

    public static Choice<OutputChoice> Output { get; } = new(
        ("auto", OutputChoice.Auto),
        ("inherit", OutputChoice.Inherit),
        ("file", OutputChoice.File),
        ("none", OutputChoice.None));

    public static Choice<WindowKind> WindowKind { get; } = new(
        ("device", Cli.WindowKind.Device), ("memory", Cli.WindowKind.Memory));

    public static Choice<GrantAccess> Access { get; } = new(
        ("read", GrantAccess.Read), ("write", GrantAccess.Write));

    public static Choice<DiskAccess> DiskAccess { get; } = new(
        ("overlay", Cli.DiskAccess.Overlay), ("read", Cli.DiskAccess.Read));

    public static Choice<InterruptChoice> Interrupts { get; } = new(
        ("kernel", InterruptChoice.Kernel), ("exact", InterruptChoice.Exact));

    public static Choice<TimeMode> TimeMode { get; } = new(
        ("auto", Cli.TimeMode.Auto),
        ("executed", Cli.TimeMode.Executed),
        ("dilated", Cli.TimeMode.Dilated));

    public static Choice<TimeBase> TimeBase { get; } = new(
        ("run", Cli.TimeBase.Run), ("wall", Cli.TimeBase.Wall))
    {
        Future = new Dictionary<string, string>
        {
            ["wall"] = "time of the host's wall clock is not part of this version",
        },
    };

    public static Choice<KernelMode> Kernel { get; } = new(
        ("costs", KernelMode.Costs), ("ideal", KernelMode.Ideal));

    public static Choice<SyncMode> Sync { get; } = new(
        ("strict", SyncMode.Strict),
        ("slack", SyncMode.Slack),
        ("adaptive", SyncMode.Adaptive),
        ("free", SyncMode.Free));

    public static Choice<SyncTransport> Transport { get; } = new(
        ("ring", SyncTransport.Ring), ("ipc", SyncTransport.Ipc), ("tcp", SyncTransport.Tcp));

    public static Choice<NetworkKind> Network { get; } = new(
        ("star", NetworkKind.Star),
        ("point-to-point", NetworkKind.PointToPoint),
        ("ring", NetworkKind.Ring),
        ("torus", NetworkKind.Torus),
        ("fat-tree", NetworkKind.FatTree),
        ("dragonfly", NetworkKind.Dragonfly),
        ("loggp", NetworkKind.LogGp),
        ("peer", NetworkKind.Peer),
        ("overlay", NetworkKind.Overlay));

    public static Choice<DuplicatesChoice> Duplicates { get; } = new(
        ("drop", DuplicatesChoice.Drop), ("keep", DuplicatesChoice.Keep));

    public static Choice<MemoryEventLevel> Level { get; } = new(
        ("full", MemoryEventLevel.Full),
        ("filtered", MemoryEventLevel.Filtered),
        ("window", MemoryEventLevel.Window),
        ("sampled", MemoryEventLevel.Sampled),
        ("off", MemoryEventLevel.Off));

    public static Choice<SampleWarming> Warming { get; } = new(
        ("functional", SampleWarming.Functional), ("detailed", SampleWarming.Detailed));

    public static Choice<RegionMarks> RegionMarks { get; } = new(
        ("ignore", Cli.RegionMarks.Ignore), ("switch", Cli.RegionMarks.Switch),
        ("statistics", Cli.RegionMarks.Statistics));

    public static Choice<StatisticsFormat> Statistics { get; } = new(
        ("text", StatisticsFormat.Text),
        ("json", StatisticsFormat.Json),
        ("csv", StatisticsFormat.Csv));
}
