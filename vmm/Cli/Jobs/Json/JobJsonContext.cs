using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dilaton.Cli;

/// <summary>A job as JSON: the resolved job in the result folder, and what a worker is given.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true,
    Converters =
    [
        typeof(VirtualDurationConverter), typeof(FrequencyConverter), typeof(ByteSizeConverter),
        typeof(BandwidthConverter), typeof(CycleCountConverter), typeof(FeedbackConverter),
        typeof(RatioConverter), typeof(PercentConverter), typeof(SweepValueConverter),
        typeof(TdfScheduleConverter),
        typeof(EngineChoiceConverter), typeof(IsolationConverter), typeof(CoreModelKindConverter),
        typeof(AddressingConverter), typeof(PresetChoiceConverter), typeof(CutPlaceConverter),
        typeof(GrantAccessConverter), typeof(DiskAccessConverter), typeof(InterruptChoiceConverter),
        typeof(TimeModeConverter), typeof(TimeBaseConverter),
        typeof(KernelModeConverter),
        typeof(SyncModeConverter), typeof(MemoryEventLevelConverter),
        typeof(RatesChoiceConverter), typeof(SharingChoiceConverter), typeof(InclusionChoiceConverter),
        typeof(WritebackChoiceConverter), typeof(ModifyChoiceConverter), typeof(LatencyConverter),
        typeof(GuestEpochConverter), typeof(WindowKindConverter), typeof(PhysicalAddressConverter),
        typeof(PeerKindConverter), typeof(RingChoiceConverter), typeof(RegionMarksConverter),
        typeof(SampleWarmingConverter),
        typeof(StatisticsFormatConverter), typeof(OutputChoiceConverter),
        typeof(NetworkKindConverter), typeof(SyncTransportConverter),
        typeof(DuplicatesChoiceConverter), typeof(ReplacementPolicyConverter),
        typeof(WritePolicyConverter), typeof(WriteMissPolicyConverter),
        typeof(DramKindConverter), typeof(PageChoiceConverter), typeof(PlacementChoiceConverter),
        typeof(TraceChoiceConverter), typeof(ProfileChoiceConverter),
        typeof(PrefetcherChoiceConverter), typeof(BranchPredictorChoiceConverter),
    ])]
[JsonSerializable(typeof(Job))]
internal sealed partial class JobJsonContext : JsonSerializerContext
{
    /// <summary>For people: without needless escapes.</summary>
    public static JobJsonContext Readable => field ??= new(new JsonSerializerOptions(Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
