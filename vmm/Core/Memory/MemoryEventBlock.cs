namespace Dilaton.Core;

/// <summary>Records of one vCPU's slice in program order, as columns of equal length. An access
/// that crosses a line is one record; its reader splits it.</summary>
public readonly ref struct MemoryEventBlock
{
    public required VcpuId Vcpu { get; init; }

    public required ReadOnlySpan<ulong> Addresses { get; init; }

    /// <summary>Bytes; a repeated string instruction reports chunks of at most one line.</summary>
    public required ReadOnlySpan<byte> Sizes { get; init; }

    public required ReadOnlySpan<MemoryEventKind> Kinds { get; init; }

    /// <summary>Cost units from the start of the slice (the last <see cref="IVcpu.Run"/>) to the
    /// instruction that made the access, L1-hit parts included; never falls within a slice.
    /// </summary>
    public required ReadOnlySpan<uint> Offsets { get; init; }

    /// <summary>With <see cref="CoreCost.TracksProducers"/> at level full: cost units of the program alone from the
    /// instruction of the latest load that the address comes from to the instruction that made the access;
    /// 0 if of none. Else empty.</summary>
    public ReadOnlySpan<uint> Distances { get; init; }

    /// <summary>With <see cref="CoreCost.RecordsBranches"/>: the branches that retired, in program
    /// order; one whose offset is above a record's comes after it. Else empty.</summary>
    public ReadOnlySpan<BranchEvent> Branches { get; init; }

    /// <summary>With an <see cref="ICodeProfile"/>: where in the code each access was made. Else empty.
    /// </summary>
    public ReadOnlySpan<int> Places { get; init; }

    /// <summary>With an <see cref="ICodeProfile"/>: the addresses as the guest sees them. Else empty.</summary>
    public ReadOnlySpan<ulong> VirtualAddresses { get; init; }

    /// <summary>With an <see cref="ICodeProfile"/>: whose memory it was. Else null.</summary>
    public IGuestAddressSpace? Space { get; init; }

    /// <summary>Sure L1 hits that made no record since the last block.</summary>
    public required SuppressedHits Suppressed { get; init; }

    /// <summary>Records left out between the others, with <see cref="CoreCost.LeavesOutSureHits"/>: they
    /// hit L1 and change nothing there.</summary>
    public SuppressedHits SureHits { get; init; }

    /// <summary>If <see cref="TellsNewPages"/>, the records that may be the first of their page.</summary>
    public ReadOnlySpan<int> NewPages { get; init; }

    /// <summary>Any other record's page has had one before, of this vCPU or another.</summary>
    public bool TellsNewPages { get; init; }

    public int Count => Addresses.Length;
}
