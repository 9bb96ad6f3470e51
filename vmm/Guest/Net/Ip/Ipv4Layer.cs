using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Sends and receives IPv4 packets (RFC 791, RFC 1122 section 3). A node is a host: it
/// forwards nothing, and every station of its network is one hop away.</summary>
internal sealed class Ipv4Layer(INodeClock clock, IEventQueue events, SeededRandom random)
{
    /// <summary>Where the transport's header starts in a frame.</summary>
    public const int TransportOffset = EthernetHeader.SizeBytes + Ipv4Header.SizeBytes;

    /// <summary>What an IPv4 packet can hold at most.</summary>
    public const int PacketBytesMax = ushort.MaxValue;

    private readonly List<NetworkInterface> _interfaces = [];
    private readonly Dictionary<byte, IIpProtocol> _protocols = [];
    private ushort _identification = (ushort)random.Next();

    /// <summary>In the order of their numbers.</summary>
    public IReadOnlyList<NetworkInterface> Interfaces => _interfaces;

    public Reassembly Reassembly { get; } = new(clock, events);

    public Ipv4Counters Counters { get; } = new();

    /// <summary>Told of packets whose protocol nobody serves.</summary>
    public Action<Ipv4Header, ReadOnlyMemory<byte>>? UnknownProtocol { get; set; }

    public void Add(NetworkInterface made) => _interfaces.Add(made);

    public void Add(byte number, IIpProtocol protocol) => _protocols.Add(number, protocol);

    /// <summary>True if packets to the address end at this node.</summary>
    public bool IsOwn(Ipv4Address address)
    {
        foreach (NetworkInterface each in _interfaces)
        {
            if (each.Address == address)
            {
                return true;
            }
        }

        return address.IsLoopback;
    }

    public bool IsBroadcast(Ipv4Address address)
    {
        foreach (NetworkInterface each in _interfaces)
        {
            if (!each.IsLoopback && each.NetworkBroadcast == address)
            {
                return true;
            }
        }

        return address == Ipv4Address.Broadcast;
    }

    /// <summary>The interface towards an address; null if there is no way.</summary>
    public NetworkInterface? FindRoute(Ipv4Address destination)
    {
        if (IsOwn(destination))
        {
            return _interfaces[0];
        }

        foreach (NetworkInterface each in _interfaces)
        {
            if (!each.IsLoopback
                && (each.IsOnNetwork(destination) || destination == Ipv4Address.Broadcast))
            {
                return each;
            }
        }

        return null;
    }

    /// <summary>The address that packets to a destination come from.</summary>
    public Ipv4Address ChooseSource(Ipv4Address destination, NetworkInterface route) =>
        route.IsLoopback ? destination : route.Address;

    /// <summary>A frame with room for the headers, and then so many bytes.</summary>
    public static byte[] CreateFrame(int transportBytes) =>
        EthernetHeader.CreateFrame(Ipv4Header.SizeBytes + transportBytes);

    /// <summary>HOT: per packet. Sends what lies in a frame behind the headers' room; cuts it into
    /// fragments if it is too long for its interface.</summary>
    /// <param name="header">Source, destination, protocol, size and marks; the rest is filled in.
    /// </param>
    /// <returns>0, ENETUNREACH or EMSGSIZE.</returns>
    public int Send(byte[] frame, Ipv4Header header, TransmitAccount? account)
    {
        if (FindRoute(header.Destination) is not { } route)
        {
            return Errno.ENETUNREACH;
        }

        if (header.PayloadBytes + Ipv4Header.SizeBytes > PacketBytesMax)
        {
            return Errno.EMSGSIZE;
        }

        header = header with
        {
            TimeToLive = header.TimeToLive == 0
                ? Ipv4Header.InitialTimeToLive
                : header.TimeToLive,
            Identification = _identification++,
        };
        if (header.PayloadBytes + Ipv4Header.SizeBytes > route.MtuBytes)
        {
            return header.MayNotFragment ? Errno.EMSGSIZE : SendParts(frame, header, route, account);
        }

        header.Write(frame.AsSpan(EthernetHeader.SizeBytes));
        Hand(frame, header.Destination, route, account);
        return 0;
    }

    /// <summary>HOT: per packet. A packet has come through an interface.</summary>
    public void Receive(ReadOnlyMemory<byte> packet, NetworkInterface from)
    {
        Counters.Received++;
        if (!Ipv4Header.TryRead(packet.Span, out Ipv4Header header))
        {
            Counters.HeaderErrors++;
            from.Counters.ReceiveErrors++;
            return;
        }

        bool isSpoofed = !from.IsLoopback && header.Source.IsLoopback;
        if (isSpoofed || header.Source.IsMulticast || header.Source == Ipv4Address.Broadcast
            || !(IsOwn(header.Destination) || IsBroadcast(header.Destination)))
        {
            Counters.AddressErrors++;
            return;
        }

        ReadOnlyMemory<byte> whole = packet[..(header.HeaderBytes + header.PayloadBytes)];
        if (header.IsFragment)
        {
            if (!Reassembly.TryAdd(header, whole, out byte[]? assembled)
                || !Ipv4Header.TryRead(assembled, out header))
            {
                return;
            }

            whole = assembled;
        }

        Counters.Delivered++;
        if (_protocols.TryGetValue(header.Protocol, out IIpProtocol? protocol))
        {
            protocol.Receive(header, whole);
        }
        else
        {
            UnknownProtocol?.Invoke(header, whole);
        }
    }

    /// <summary>Tells the sender of a packet of ours that it did not arrive.</summary>
    /// <param name="packet">Its header and at least 8 bytes more.</param>
    public void ReportUndelivered(ReadOnlyMemory<byte> packet, int error)
    {
        if (Ipv4Header.TryRead(packet.Span, out Ipv4Header header))
        {
            ReportUndelivered(header, packet.Span[header.HeaderBytes..], error);
        }
    }

    public void ReportUndelivered(in Ipv4Header header, ReadOnlySpan<byte> start, int error)
    {
        if (header.OffsetBytes == 0 && IsOwn(header.Source)
            && _protocols.TryGetValue(header.Protocol, out IIpProtocol? protocol))
        {
            protocol.Undelivered(header, start, error);
        }
    }

    private int SendParts(
        byte[] frame, Ipv4Header header, NetworkInterface route, TransmitAccount? account)
    {
        int partMax = (route.MtuBytes - Ipv4Header.SizeBytes) / 8 * 8;
        for (int at = 0; at < header.PayloadBytes; at += partMax)
        {
            int length = Math.Min(partMax, header.PayloadBytes - at);
            byte[] part = CreateFrame(length);
            Ipv4Header its = header with
            {
                PayloadBytes = length,
                OffsetBytes = at,
                HasMoreFragments = at + length < header.PayloadBytes,
            };
            its.Write(part.AsSpan(EthernetHeader.SizeBytes));
            frame.AsSpan(TransportOffset + at, length).CopyTo(part.AsSpan(TransportOffset));
            Counters.FragmentsMade++;
            Hand(part, header.Destination, route, account);
        }

        return 0;
    }

    private void Hand(
        byte[] frame, Ipv4Address nextHop, NetworkInterface route, TransmitAccount? account)
    {
        Counters.Sent++;
        account?.Take(frame.Length);
        route.Send(frame, nextHop, account);
    }
}
