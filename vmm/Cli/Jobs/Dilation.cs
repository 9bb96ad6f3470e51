using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>What time dilation makes of a job in `executed` time: a resource whose rates are physical
/// gets rate x TDF and delay / TDF, a processor its share besides (Gupta et al., NSDI 2006; Gupta et
/// al., DieCast, NSDI 2008). Each figure is rounded once: delays to whole picoseconds, up; rates to
/// whole hertz or bits a second, down.</summary>
internal static class Dilation
{
    /// <summary>At the beginning of the run.</summary>
    public static Job Apply(Job job) => Apply(job, TdfOf(job, job.Nodes[0]).First);

    /// <param name="job">With one node.</param>
    /// <param name="tdf">In force.</param>
    /// <returns>The same with the rates and delays that the guest meets, and nothing physical, except
    /// for a network whose TDF changes: it lives in physical time.</returns>
    public static Job Apply(Job job, Ratio tdf)
    {
        NodeJob node = job.Nodes[0];
        return job with
        {
            Nodes = [node with
            {
                Cores = Apply(node.Cores, tdf),
                Memory = Apply(node.Memory, node.Cores.Rates, tdf),
                Nic = Nic(job, node.Nic),
            }],
            Network = Network(job),
            Kernel = node.Cores.Rates == RatesChoice.Physical ? Apply(job.Kernel, tdf) : job.Kernel,
        };
    }

    /// <summary>The network that guests meet. All nodes see the same, by the TDF of the job.</summary>
    public static NetworkJob? Network(Job job) => job.IsNetworkPhysical() && !job.HasPhysicalTime()
        ? Network(job.Network!, job.Time.Tdf.First)
        : job.Network;

    public static NetworkJob Network(NetworkJob network, Ratio tdf) =>
        network with
        {
            Link = network.Link with
            {
                Bandwidth = Rate(network.Link.Bandwidth, tdf),
                Latency = Delay(network.Link.Latency, tdf),
            },
            Switch = network.Kind == NetworkKind.LogGp
                ? network.Switch // It has none, and nobody has checked the figure.
                : new SwitchJob { Latency = Delay(network.Switch.Latency, tdf) },
            Links = [.. network.Links.Select(link => Apply(link, tdf))],
            Overlay = network.Overlay is { } overlay
                ? overlay with { Links = [.. overlay.Links.Select(link => Apply(link, tdf))] }
                : null,
            Gap = Delay(network.Gap, tdf),
            Rates = RatesChoice.Virtual,
        };

    public static bool IsNetworkPhysical(this Job job) =>
        job.Network?.Rates == RatesChoice.Physical;

    /// <summary>The node has something of its own that is physical.</summary>
    public static bool DilatesNode(this Job job, NodeJob node) =>
        !TdfOf(job, node).Equals(TdfSchedule.One)
        && (node.Engine == EngineChoice.Kvm
            || node.Cores.Rates == RatesChoice.Physical
            || node.Memory.Dram.Rates == RatesChoice.Physical);

    /// <summary>Its network is physical, and the TDF changes.</summary>
    public static bool HasPhysicalTime(this Job job) =>
        job.IsNetworkPhysical() && !job.Time.Tdf.IsConstant;

    /// <summary>Null: the network is in the guests' time.</summary>
    public static PhysicalTime? PhysicalTime(Job job)
    {
        if (!job.HasPhysicalTime())
        {
            return null;
        }

        PhysicalTime time = new(job.Time.Tdf.First);
        foreach (TdfStep step in job.Time.Tdf.Steps.Skip(1))
        {
            time.Change(
                DilationSchedules.EffectOf(step, job.Time.Weave.Picoseconds), step.Factor);
        }

        return time;
    }

    public static TdfSchedule TdfOf(Job job, NodeJob node) => node.Tdf ?? job.Time.Tdf;

    /// <summary>The clock rate that the guest meets.</summary>
    public static Frequency Clock(CoresJob cores, Ratio tdf) => new(Scaled(
        cores.Frequency.Hertz,
        cores.Rates == RatesChoice.Physical ? tdf : Ratio.One,
        cores.Share));

    public static Bandwidth Rate(Bandwidth physical, Ratio tdf) =>
        new(tdf.ScaleDown(physical.BitsPerSecond));

    public static VirtualDuration Delay(VirtualDuration physical, Ratio tdf) =>
        new(new Ratio(tdf.Denominator, tdf.Numerator).ScaleUp(physical.Picoseconds));

    private static NicJob Nic(Job job, NicJob nic) =>
        job.IsNetworkPhysical() && !job.HasPhysicalTime() && nic.Bandwidth is { } own
            ? nic with { Bandwidth = Rate(own, job.Time.Tdf.First) }
            : nic;

    private static T Apply<T>(T link, Ratio tdf)
        where T : LinkFiguresJob =>
        link with
        {
            Bandwidth = link.Bandwidth is { } bandwidth ? Rate(bandwidth, tdf) : null,
            Latency = link.Latency is { } latency ? Delay(latency, tdf) : null,
        };

    private static CoresJob Apply(CoresJob cores, Ratio tdf) => cores with
    {
        Frequency = Clock(cores, tdf),
        Rates = RatesChoice.Virtual,
        Share = Ratio.One,
    };

    private static MemoryJob Apply(MemoryJob memory, RatesChoice cores, Ratio tdf) => memory with
    {
        Caches = cores == RatesChoice.Physical ? Apply(memory.Caches, tdf) : memory.Caches,
        Dram = memory.Dram.Rates == RatesChoice.Virtual ? memory.Dram : memory.Dram with
        {
            Latency = Delay(memory.Dram.Latency, tdf),
            Bandwidth = Rate(memory.Dram.Bandwidth, tdf),
            Rates = RatesChoice.Virtual,
        },
    };

    /// <summary>Caches are a part of the processor; a latency in cycles follows its clock.</summary>
    private static CachesJob Apply(CachesJob caches, Ratio tdf) => caches with
    {
        L1i = Apply(caches.L1i, tdf),
        L1d = Apply(caches.L1d, tdf),
        L2 = Apply(caches.L2, tdf),
        L3 = Apply(caches.L3, tdf),
        Coherence = caches.Coherence is { } latency ? Apply(latency, tdf) : null,
    };

    private static CacheJob? Apply(CacheJob? cache, Ratio tdf) =>
        cache is null ? null : cache with { Latency = Apply(cache.Latency, tdf) };

    private static Latency Apply(Latency latency, Ratio tdf) =>
        latency.IsTime ? latency with { Time = Delay(latency.Time, tdf) } : latency;

    /// <summary>The node kernel's work is the processor's.</summary>
    private static KernelJob Apply(KernelJob kernel, Ratio tdf) => kernel with
    {
        CopyRate = Rate(kernel.CopyRate, tdf),
        Base = new KernelBaseJob
        {
            Trivial = Delay(kernel.Base.Trivial, tdf),
            File = Delay(kernel.Base.File, tdf),
            Memory = Delay(kernel.Base.Memory, tdf),
            Wait = Delay(kernel.Base.Wait, tdf),
            Process = Delay(kernel.Base.Process, tdf),
            PageFault = Delay(kernel.Base.PageFault, tdf),
            ContextSwitch = Delay(kernel.Base.ContextSwitch, tdf),
            Signal = Delay(kernel.Base.Signal, tdf),
            Network = Delay(kernel.Base.Network, tdf),
            Packet = Delay(kernel.Base.Packet, tdf),
        },
    };

    private static ulong Scaled(ulong value, Ratio first, Ratio second) => checked((ulong)(
        (UInt128)value * first.Numerator * second.Numerator
        / ((UInt128)first.Denominator * second.Denominator)));
}
