using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>UDP (RFC 768).</summary>
internal sealed class UdpLayer : IIpProtocol
{
    public const int HeaderBytes = 8;
    public const int PayloadOffset = Ipv4Layer.TransportOffset + HeaderBytes;

    public const int PayloadBytesMax =
        Ipv4Layer.PacketBytesMax - Ipv4Header.SizeBytes - HeaderBytes;

    private readonly SortedDictionary<ushort, List<UdpEndpoint>> _ports = [];
    private readonly Ipv4Layer _ip;
    private readonly IcmpLayer _icmp;
    private readonly INodeClock _clock;
    private readonly IEventQueue _events;
    private readonly EphemeralPorts _ephemeral;

    public UdpLayer(
        Ipv4Layer ip, IcmpLayer icmp, INodeClock clock, IEventQueue events, SeededRandom random)
    {
        (_ip, _icmp, _clock, _events) = (ip, icmp, clock, events);
        _ephemeral = new EphemeralPorts(random);
        ip.Add(Ipv4Header.UdpProtocol, this);
    }

    public UdpCounters Counters { get; } = new();

    /// <summary>Those with a port, by port and in the order of binding.</summary>
    public IEnumerable<UdpEndpoint> Endpoints => _ports.Values.SelectMany(list => list);

    public UdpEndpoint Create() => new(this, _clock, _events);

    /// <param name="local">Port 0 takes a free one.</param>
    /// <returns>0, EADDRNOTAVAIL or EADDRINUSE.</returns>
    public int Bind(UdpEndpoint endpoint, InternetEndpoint local)
    {
        Invariant.Require(endpoint.Local.Port == 0);
        bool isUsable = local.Address.IsAny || _ip.IsOwn(local.Address)
            || _ip.IsBroadcast(local.Address);
        if (!isUsable)
        {
            return Errno.EADDRNOTAVAIL;
        }

        ushort port = local.Port;
        if (port == 0)
        {
            port = _ephemeral.Choose(each => !_ports.ContainsKey(each));
        }

        if (port == 0 || IsTaken(endpoint, local with { Port = port }))
        {
            return Errno.EADDRINUSE;
        }

        endpoint.Local = local with { Port = port };
        endpoint.HasFixedAddress = !local.Address.IsAny;
        if (!_ports.TryGetValue(port, out List<UdpEndpoint>? list))
        {
            list = [];
            _ports.Add(port, list);
        }

        list.Add(endpoint);
        return 0;
    }

    /// <summary>Sets the only peer; gives the endpoint a port and an address if it has none.
    /// </summary>
    /// <returns>0, ENETUNREACH, EACCES or an error of <see cref="Bind"/>.</returns>
    public int Connect(UdpEndpoint endpoint, InternetEndpoint remote)
    {
        if (remote.Address.IsAny)
        {
            remote = remote with { Address = Ipv4Address.Loopback };
        }

        if (_ip.FindRoute(remote.Address) is not { } route)
        {
            return Errno.ENETUNREACH;
        }

        if (_ip.IsBroadcast(remote.Address) && !endpoint.MayBroadcast)
        {
            return Errno.EACCES;
        }

        int error = endpoint.Local.Port == 0 ? Bind(endpoint, default) : 0;
        if (error != 0)
        {
            return error;
        }

        if (!endpoint.HasFixedAddress)
        {
            endpoint.Local = endpoint.Local with
            {
                Address = _ip.ChooseSource(remote.Address, route),
            };
        }

        endpoint.Remote = remote;
        return 0;
    }

    public static void Disconnect(UdpEndpoint endpoint)
    {
        endpoint.Remote = null;
        if (!endpoint.HasFixedAddress)
        {
            endpoint.Local = endpoint.Local with { Address = Ipv4Address.Any };
        }
    }

    public void Close(UdpEndpoint endpoint)
    {
        ushort port = endpoint.Local.Port;
        if (_ports.TryGetValue(port, out List<UdpEndpoint>? list) && list.Remove(endpoint)
            && list.Count == 0)
        {
            _ports.Remove(port);
        }
    }

    /// <summary>HOT: per datagram.</summary>
    public int Send(
        UdpEndpoint endpoint, byte[] frame, int lengthBytes, InternetEndpoint destination)
    {
        Ipv4Address to = destination.Address.IsAny ? Ipv4Address.Loopback : destination.Address;
        if (_ip.FindRoute(to) is not { } route)
        {
            return Errno.ENETUNREACH;
        }

        if (_ip.IsBroadcast(to) && !endpoint.MayBroadcast)
        {
            return Errno.EACCES;
        }

        Ipv4Address from = endpoint.Local.Address;
        if (from.IsAny || _ip.IsBroadcast(from))
        {
            from = _ip.ChooseSource(to, route);
        }

        int total = HeaderBytes + lengthBytes;
        Span<byte> packet = frame.AsSpan(Ipv4Layer.TransportOffset, total);
        BinaryPrimitives.WriteUInt16BigEndian(packet, endpoint.Local.Port);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], destination.Port);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)total);
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], 0);
        ushort sum = InternetChecksum.Fold(InternetChecksum.Add(
            InternetChecksum.AddPseudoHeader(from, to, Ipv4Header.UdpProtocol, total), packet));
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], sum == 0 ? ushort.MaxValue : sum);
        Counters.Sent++;
        return _ip.Send(
            frame,
            new Ipv4Header
            {
                Source = from,
                Destination = to,
                Protocol = Ipv4Header.UdpProtocol,
                PayloadBytes = total,
                TimeToLive = endpoint.TimeToLive,
                TypeOfService = endpoint.TypeOfService,
            },
            endpoint.Account);
    }

    /// <summary>HOT: per datagram.</summary>
    public void Receive(in Ipv4Header header, ReadOnlyMemory<byte> packet)
    {
        ReadOnlyMemory<byte> whole = packet[header.HeaderBytes..];
        ReadOnlySpan<byte> bytes = whole.Span;
        int length = bytes.Length < HeaderBytes
            ? 0
            : BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        if (length < HeaderBytes || length > bytes.Length || !IsSumRight(header, bytes[..length]))
        {
            Counters.Errors++;
            return;
        }

        InternetEndpoint source = new(header.Source, BinaryPrimitives.ReadUInt16BigEndian(bytes));
        InternetEndpoint destination = new(
            header.Destination, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
        Datagram datagram = new(source, header.Destination, whole[HeaderBytes..length]);
        if (_ip.IsBroadcast(header.Destination))
        {
            DeliverToAll(destination, datagram);
        }
        else if (Find(destination, source) is { } endpoint)
        {
            Counters.Received++;
            endpoint.Deliver(datagram);
        }
        else
        {
            Counters.NoPort++;
            _icmp.SendUnreachable(header, packet, IcmpLayer.PortCode);
        }
    }

    /// <summary>Only a connected socket learns of it, as in Linux.</summary>
    public void Undelivered(in Ipv4Header header, ReadOnlySpan<byte> start, int error)
    {
        if (start.Length < HeaderBytes)
        {
            return;
        }

        InternetEndpoint local = new(header.Source, BinaryPrimitives.ReadUInt16BigEndian(start));
        InternetEndpoint remote = new(
            header.Destination, BinaryPrimitives.ReadUInt16BigEndian(start[2..]));
        if (Find(local, remote) is { Remote: not null } endpoint)
        {
            endpoint.Fail(error);
        }
    }

    private static bool IsSumRight(in Ipv4Header header, ReadOnlySpan<byte> bytes)
    {
        ulong sum = InternetChecksum.AddPseudoHeader(
            header.Source, header.Destination, Ipv4Header.UdpProtocol, bytes.Length);
        return BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) == 0
            || InternetChecksum.Fold(InternetChecksum.Add(sum, bytes)) == 0;
    }

    private void DeliverToAll(InternetEndpoint destination, in Datagram datagram)
    {
        if (!_ports.TryGetValue(destination.Port, out List<UdpEndpoint>? list))
        {
            Counters.NoPort++;
            return;
        }

        foreach (UdpEndpoint endpoint in list)
        {
            if (Score(endpoint, destination, datagram.Source) >= 0)
            {
                Counters.Received++;
                endpoint.Deliver(datagram);
            }
        }
    }

    /// <summary>The endpoint that fits best; of equal ones the youngest.</summary>
    private UdpEndpoint? Find(InternetEndpoint destination, InternetEndpoint source)
    {
        if (!_ports.TryGetValue(destination.Port, out List<UdpEndpoint>? list))
        {
            return null;
        }

        UdpEndpoint? best = null;
        int bestScore = 0;
        foreach (UdpEndpoint endpoint in list)
        {
            int score = Score(endpoint, destination, source);
            if (score >= bestScore)
            {
                (best, bestScore) = (endpoint, score);
            }
        }

        return best;
    }

    /// <returns>Negative if the datagram is not for the endpoint.</returns>
    private static int Score(
        UdpEndpoint endpoint, InternetEndpoint destination, InternetEndpoint source)
    {
        bool isAny = endpoint.Local.Address.IsAny;
        if (!isAny && endpoint.Local.Address != destination.Address)
        {
            return -1;
        }

        return endpoint.Remote is not { } remote ? (isAny ? 0 : 1)
            : remote == source ? 2 : -1;
    }

    private bool IsTaken(UdpEndpoint endpoint, InternetEndpoint local)
    {
        if (!_ports.TryGetValue(local.Port, out List<UdpEndpoint>? list))
        {
            return false;
        }

        foreach (UdpEndpoint other in list)
        {
            bool meets = other.Local.Address == local.Address
                || other.Local.Address.IsAny || local.Address.IsAny;
            if (meets && !(endpoint.IsAddressReused && other.IsAddressReused))
            {
                return true;
            }
        }

        return false;
    }
}
