using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>A range of guest-physical addresses whose accesses a peer completes, one by one.</summary>
/// <param name="CarriesData">What is loaded comes from the peer, what is stored goes there; else the
/// peer tells the time only.</param>
public sealed record NodeWindow(
    string Name,
    GuestPhysicalAddress Base,
    ulong SizeBytes,
    bool CarriesData,
    IIntervalPeer Peer)
{
    public bool Contains(GuestPhysicalAddress address) =>
        address.Value >= Base.Value && address.Value - Base.Value < SizeBytes;
}
