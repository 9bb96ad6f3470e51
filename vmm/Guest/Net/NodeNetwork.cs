namespace Dilaton.Guest;

/// <summary>What a node's files know of its network: the stack, and names.</summary>
internal sealed record NodeNetwork(
    NetworkStack Stack, string NodeName, IReadOnlyList<NetworkHost> Hosts);
