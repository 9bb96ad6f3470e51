using Dilaton.Core;
using Dilaton.Guest;
using Dilaton.Kvm;
using Dilaton.Models.Memory;
using Dilaton.Translator;

namespace Dilaton.Cli;

/// <summary>Makes a node's engine.</summary>
internal static class EngineFactory
{
    private const int FilterGroupsMax = 64;
    private const ulong LineSizeBytes = 64;

    public static IVcpuEngine Create(
        EventsJob events,
        NodeJob node,
        NodePlace place,
        GuestKernel kernel,
        IMemoryEventSink sink,
        SampledMemory? sampled,
        IInstructionWatch? watch,
        ICodeProfile? profile) => node.Engine == EngineChoice.Kvm
        ? new KvmProgramEngine(
            new KvmEngineOptions
            {
                VcpuCount = node.Cores.Count,
                Window = kernel.Window,
                Caches = Described(node.Memory.Caches),
                Host = KvmProbe.RunForPrograms(),
                Details = sampled?.Plan,
                WrittenPagesNanoseconds = (long?)(events.WrittenPages?.Picoseconds / 1_000),
            },
            kernel.AddressSpace,
            sampled?.Windows,
            sink as IWrittenPagesSink)
        : new TranslatorEngine(
            Options(events, node, place) with
            {
                Window = kernel.Window,
                Watch = watch,
                Profile = profile,
            },
            kernel.AddressSpace,
            sink);

    /// <summary>What the clocks of an engine's guests are made of, as far as it has run.</summary>
    public static string TellClock(IVcpuEngine engine, HostPace? pace) => engine is KvmProgramEngine kvm
        ? KvmWords.TellClock(kvm, pace)
        : ClockRung.Counted.What;

    /// <summary>What an engine itself has counted; null: nothing.</summary>
    public static IStatisticsSource? Statistics(IVcpuEngine engine) =>
        engine is KvmProgramEngine kvm ? new KvmStatistics(kvm) : null;

    private static TranslatorOptions Options(EventsJob events, NodeJob node, NodePlace place)
    {
        CachesJob caches = node.Memory.Caches;
        HierarchyOptions? hierarchy = caches.IsNone() ? null : JobMapping.Hierarchy(node);
        if (events.HasRecords(node) && caches.LineSize.Bytes != LineSizeBytes)
        {
            throw new ConfigException(
                $"{place.Path}.memory.caches.lineSize",
                $"{caches.LineSize} is not what the translator reports: its lines are 64B");
        }

        return new TranslatorOptions
        {
            VcpuCount = node.Cores.Count,
            DataFilterGroups = Math.Clamp(hierarchy?.FilterGroups ?? 1, 1, FilterGroupsMax),
            FetchFilterGroups = Math.Clamp(hierarchy?.FetchFilterGroups ?? 1, 1, FilterGroupsMax),
            Caches = Described(caches),
        };
    }

    private static List<CpuidCache> Described(CachesJob caches)
    {
        (int Level, CpuidCacheKind Kind, CacheJob? Cache, bool Shared)[] levels =
        [
            (1, CpuidCacheKind.Data, caches.L1d, false),
            (1, CpuidCacheKind.Instruction, caches.L1i, false),
            (2, CpuidCacheKind.Unified, caches.L2, caches.L2Sharing == SharingChoice.Shared),
            (3, CpuidCacheKind.Unified, caches.L3, true),
        ];
        List<CpuidCache> described = [];
        foreach ((int level, CpuidCacheKind kind, CacheJob? cache, bool shared) in levels)
        {
            if (cache is not null)
            {
                described.Add(new CpuidCache
                {
                    Level = level,
                    Kind = kind,
                    SizeBytes = (int)Math.Min(cache.Size.Bytes, 1UL << 30),
                    Ways = cache.Ways,
                    Shared = shared,
                    LineSizeBytes = (int)caches.LineSize.Bytes,
                });
            }
        }

        return described;
    }
}
