namespace Dilaton.Guest;

/// <summary>A new mapping.</summary>
internal sealed record MapRequest
{
    public ulong Address { get; init; }

    /// <summary>Whole pages, not 0.</summary>
    public required ulong LengthBytes { get; init; }

    public required GuestProtection Protection { get; init; }

    public MapPlacement Placement { get; init; }

    public AreaKind Kind { get; init; }

    /// <summary>For the file kinds.</summary>
    public IMappableFile? File { get; init; }

    /// <summary>Whole pages.</summary>
    public ulong FileOffset { get; init; }

    /// <summary>How much of the file a private mapping takes; the rest reads as zero.</summary>
    public ulong FileLengthBytes { get; init; } = ulong.MaxValue;

    /// <summary>MAP_NORESERVE: without protection it is address space for later.</summary>
    public bool IsReservation { get; init; }

    /// <summary>Must lie below 2 GiB.</summary>
    public bool IsLow { get; init; }
}
