namespace Dilaton.Guest;

/// <summary>What IPv4 packets leave a node through.</summary>
internal abstract class NetworkInterface(
    string name, int index, Ipv4Address address, int prefixLength, int mtuBytes)
{
    public string Name { get; } = name;

    public int Index { get; } = index;

    public Ipv4Address Address { get; } = address;

    public int PrefixLength { get; } = prefixLength;

    public int MtuBytes { get; } = mtuBytes;

    public InterfaceCounters Counters { get; } = new();

    public abstract MacAddress Mac { get; }

    public abstract bool IsLoopback { get; }

    /// <summary>The address of all stations of its network.</summary>
    public Ipv4Address NetworkBroadcast =>
        new(Address.Value | ~Ipv4Address.Mask(PrefixLength));

    public bool IsOnNetwork(Ipv4Address other) =>
        ((other.Value ^ Address.Value) & Ipv4Address.Mask(PrefixLength)) == 0;

    /// <summary>Sends a packet that lies behind the place of an Ethernet header in a frame of its
    /// own.</summary>
    /// <param name="nextHop">A station of its network, or a broadcast address.</param>
    public abstract void Send(byte[] frame, Ipv4Address nextHop, TransmitAccount? account);
}
