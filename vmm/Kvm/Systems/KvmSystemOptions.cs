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

    /// <summary>It will be held now and then (<see cref="IHeldMachine"/>).</summary>
    public bool IsHeld { get; init; }
}
