using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>The defaults that `memory.preset` chooses: the presets of the models.</summary>
internal static class PresetDefaults
{
    public static MemoryJob Of(PresetChoice preset) => preset switch
    {
        PresetChoice.Small => new MemoryJob
        {
            Preset = PresetChoice.Small,
            Caches = new CachesJob
            {
                L1i = CachesJob.Cache(16UL << 10, 2, 3),
                L1d = CachesJob.Cache(16UL << 10, 4, 3),
                L2 = CachesJob.Cache(256UL << 10, 16, 15),
                L2Sharing = SharingChoice.Shared,
                L3 = null,
            },
            Dram = new DramJob
            {
                Latency = VirtualDuration.FromNanoseconds(120),
                Bandwidth = new Bandwidth(51_200_000_000),
            },
        },
        PresetChoice.Law9 => new MemoryJob
        {
            Preset = PresetChoice.Law9,
            Addressing = Addressing.Identity,
            Caches = new CachesJob
            {
                L2 = CachesJob.Cache(8UL << 20, 16, 46),
                L2Sharing = SharingChoice.Shared,
                L3 = null,
                Writebacks = WritebackChoice.Silent,
                Modifies = ModifyChoice.Load,
            },
        },
        _ => new MemoryJob(),
    };
}
