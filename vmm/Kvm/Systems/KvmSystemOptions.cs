using Dilaton.Core;
using Dilaton.Machine;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>A machine for a system guest.</summary>
public sealed record KvmSystemOptions
{
    public required int VcpuCount { get; init; }

    /// <summary>Must outlive the machine.</summary>
    public required GuestRam Ram { get; init; }

    public required RamMap Map { get; init; }

    /// <summary>Where the first vCPU begins (<see cref="SystemBoot"/>).</summary>
    public required ulong Entry { get; init; }

    public required Ratio Tdf { get; init; }

    /// <summary>Each vCPU's, of the fastest one's; none: all are as fast.</summary>
    public IReadOnlyList<Ratio> Speeds { get; init; } = [];

    /// <summary>Of the host: so many vCPUs run at once.</summary>
    public required int Processors { get; init; }

    /// <summary>Interrupt controllers are Dilaton's, in virtual time, and not KVM's. All vCPUs are as fast then, and
    /// not more than the host's processors.</summary>
    public bool IsExact { get; init; }

    /// <summary>Time in which all vCPUs wait is skipped; exact ones, of a machine that can be held, only.</summary>
    public bool SkipsIdle { get; init; }

    /// <summary>No later time is skipped to.</summary>
    public VirtualTime Until { get; init; } = VirtualTime.MaxValue;

    /// <summary>It will be held now and then (<see cref="IHeldMachine"/>).</summary>
    public bool IsHeld { get; init; }
}
