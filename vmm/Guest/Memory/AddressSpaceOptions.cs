using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What an address space is made with.</summary>
internal sealed record AddressSpaceOptions
{
    /// <summary>Accessible memory of all kinds at most; more is ENOMEM.</summary>
    public required ulong LimitBytes { get; init; }

    public required MemoryAddressing Addressing { get; init; }

    public AddressWindow Window { get; init; }
}
