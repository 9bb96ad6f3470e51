namespace Dilaton.Guest;

/// <summary>A name that a node's programs can look up.</summary>
/// <param name="Mac">If given, it is a permanent entry of the node's ARP table: the first frame
/// to it waits for no answer.</param>
public sealed record NetworkHost(string Name, Ipv4Address Address, MacAddress? Mac = null);
