namespace Dilaton.Guest;

/// <summary>What the fragments of one packet have in common.</summary>
internal readonly record struct FragmentKey(
    Ipv4Address Source, Ipv4Address Destination, ushort Identification, byte Protocol);
