using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>TCP (RFC 9293): ports, and which connection a segment is for.</summary>
internal sealed class TcpLayer : IIpProtocol
{
    /// <summary>No peer makes us send smaller segments.</summary>
    public const int SegmentBytesMin = 88;

    private readonly Dictionary<(InternetEndpoint Local, InternetEndpoint Remote), TcpConnection>
        _connections = [];

    private readonly SortedDictionary<ushort, List<TcpBinding>> _ports = [];
    private readonly List<TcpListener> _listeners = [];
    private readonly Ipv4Layer _ip;
    private readonly INodeClock _clock;
    private readonly IEventQueue _events;
    private readonly SeededRandom _random;
    private readonly EphemeralPorts _ephemeral;

    public TcpLayer(Ipv4Layer ip, INodeClock clock, IEventQueue events, SeededRandom random)
    {
        (_ip, _clock, _events, _random) = (ip, clock, events, random);
        _ephemeral = new EphemeralPorts(random);
        ip.Add(Ipv4Header.TcpProtocol, this);
    }

    /// <summary>Twice the maximum segment lifetime: Linux's TCP_TIMEWAIT_LEN.</summary>
    public static VirtualDuration TimeWaitLifetime => VirtualDuration.FromSeconds(60);

    /// <summary>FIN_WAIT2 without a socket: Linux's tcp_fin_timeout.</summary>
    public static VirtualDuration OrphanLifetime => VirtualDuration.FromSeconds(60);

    public TcpCounters Counters { get; } = new();

    public IEnumerable<TcpListener> Listeners => _listeners;

    /// <summary>By local and then remote end.</summary>
    public IEnumerable<TcpConnection> Connections => _connections.Values
        .OrderBy(c => c.Local.Address.Value).ThenBy(c => c.Local.Port)
        .ThenBy(c => c.Remote.Address.Value).ThenBy(c => c.Remote.Port);

    public int ConnectionCount => _connections.Count;

    /// <param name="local">Port 0 takes a free one.</param>
    /// <returns>0, EADDRNOTAVAIL or EADDRINUSE.</returns>
    public int Bind(InternetEndpoint local, bool isAddressReused, out TcpBinding? binding)
    {
        binding = null;
        if (!local.Address.IsAny && !_ip.IsOwn(local.Address))
        {
            return Errno.EADDRNOTAVAIL;
        }

        if (local.Port == 0)
        {
            local = local with { Port = _ephemeral.Choose(port => !_ports.ContainsKey(port)) };
        }

        TcpBinding made = new(local) { IsAddressReused = isAddressReused };
        if (local.Port == 0 || IsTaken(made))
        {
            return Errno.EADDRINUSE;
        }

        Hold(made);
        binding = made;
        return 0;
    }

    public void Release(TcpBinding binding)
    {
        if (_ports.TryGetValue(binding.Local.Port, out List<TcpBinding>? list)
            && list.Remove(binding) && list.Count == 0)
        {
            _ports.Remove(binding.Local.Port);
        }
    }

    /// <returns>0, or EADDRINUSE if another listens there.</returns>
    public int Listen(
        TcpBinding binding, TcpSettings settings, int backlog, out TcpListener? listener)
    {
        listener = null;
        if (IsTaken(binding, isListening: true))
        {
            return Errno.EADDRINUSE;
        }

        binding.IsListening = true;
        listener = new TcpListener(this, binding, settings) { Backlog = backlog };
        _listeners.Add(listener);
        return 0;
    }

    /// <summary>Starts a connection.</summary>
    /// <param name="binding">The port that the socket has, if any; the connection's from now on.
    /// </param>
    /// <returns>0, ENETUNREACH, EADDRINUSE or EADDRNOTAVAIL.</returns>
    public int Connect(
        TcpBinding? binding,
        InternetEndpoint remote,
        TcpSettings settings,
        out TcpConnection? connection)
    {
        connection = null;
        if (remote.Address.IsAny)
        {
            remote = remote with { Address = Ipv4Address.Loopback };
        }

        if (_ip.FindRoute(remote.Address) is not { } route || _ip.IsBroadcast(remote.Address))
        {
            return Errno.ENETUNREACH;
        }

        Ipv4Address source = _ip.ChooseSource(remote.Address, route);
        if (binding is null)
        {
            ushort port = ChoosePort(source, remote);
            if (port == 0)
            {
                return Errno.EADDRNOTAVAIL;
            }

            binding = new TcpBinding(new InternetEndpoint(source, port));
            Hold(binding);
        }
        else
        {
            InternetEndpoint local = binding.Local.Address.IsAny
                ? binding.Local with { Address = source }
                : binding.Local;
            if (_connections.ContainsKey((local, remote)))
            {
                return Errno.EADDRNOTAVAIL;
            }

            binding.Local = local;
        }

        connection = new TcpConnection(this, binding, remote, settings, _clock, _events);
        _connections.Add((connection.Local, remote), connection);
        connection.Open();
        return 0;
    }

    public void Remove(TcpConnection connection)
    {
        _connections.Remove((connection.Local, connection.Remote));
        Release(connection.Binding);
    }

    public void Remove(TcpListener listener)
    {
        _listeners.Remove(listener);
        Release(listener.Binding);
    }

    public uint ChooseSequence() => (uint)_random.Next();

    /// <summary>The largest segment that fits the way to an address.</summary>
    public int SegmentBytesFor(Ipv4Address remote, TcpSettings settings)
    {
        int mtu = Math.Min(_ip.FindRoute(remote)?.MtuBytes ?? 576, Ipv4Layer.PacketBytesMax);
        int fits = mtu - Ipv4Header.SizeBytes - TcpHeader.SizeBytes;
        return Math.Min(fits, settings.SegmentBytesMax ?? fits);
    }

    /// <summary>HOT: per segment.</summary>
    public void Send(
        byte[] frame,
        int segmentBytes,
        Ipv4Address source,
        Ipv4Address destination,
        TcpSettings settings,
        TransmitAccount? account)
    {
        Span<byte> segment = frame.AsSpan(Ipv4Layer.TransportOffset, segmentBytes);
        ulong sum = InternetChecksum.AddPseudoHeader(
            source, destination, Ipv4Header.TcpProtocol, segmentBytes);
        BinaryPrimitives.WriteUInt16BigEndian(
            segment[16..], InternetChecksum.Fold(InternetChecksum.Add(sum, segment)));
        Counters.SegmentsSent++;
        _ip.Send(
            frame,
            new Ipv4Header
            {
                Source = source,
                Destination = destination,
                Protocol = Ipv4Header.TcpProtocol,
                PayloadBytes = segmentBytes,
                TimeToLive = settings.TimeToLive,
                TypeOfService = settings.TypeOfService,
                MayNotFragment = true,
            },
            account);
    }

    /// <summary>Resets what the peer takes for a connection, by a number that it expects.
    /// </summary>
    public void SendReset(InternetEndpoint local, InternetEndpoint remote, uint sequence) =>
        SendReset(local, remote, sequence, 0, TcpFlags.Reset);

    /// <summary>HOT: per segment.</summary>
    public void Receive(in Ipv4Header ip, ReadOnlyMemory<byte> packet)
    {
        ReadOnlyMemory<byte> segment = packet[ip.HeaderBytes..];
        ulong sum = InternetChecksum.AddPseudoHeader(
            ip.Source, ip.Destination, Ipv4Header.TcpProtocol, segment.Length);
        if (!TcpHeader.TryRead(segment.Span, out TcpHeader header)
            || InternetChecksum.Fold(InternetChecksum.Add(sum, segment.Span)) != 0
            || _ip.IsBroadcast(ip.Destination) || _ip.IsBroadcast(ip.Source))
        {
            Counters.ReceiveErrors++;
            return;
        }

        Counters.SegmentsReceived++;
        InternetEndpoint local = new(ip.Destination, header.DestinationPort);
        InternetEndpoint remote = new(ip.Source, header.SourcePort);
        ReadOnlyMemory<byte> data = segment[header.HeaderBytes..];
        if (_connections.TryGetValue((local, remote), out TcpConnection? connection)
            && !MakesWay(connection, header))
        {
            connection.Receive(header, data);
        }
        else if (!TryOpen(local, remote, header))
        {
            Refuse(local, remote, header, data.Length);
        }
    }

    public void Undelivered(in Ipv4Header header, ReadOnlySpan<byte> start, int error)
    {
        if (start.Length < 4)
        {
            return;
        }

        InternetEndpoint local = new(header.Source, BinaryPrimitives.ReadUInt16BigEndian(start));
        InternetEndpoint remote = new(
            header.Destination, BinaryPrimitives.ReadUInt16BigEndian(start[2..]));
        if (_connections.TryGetValue((local, remote), out TcpConnection? connection))
        {
            connection.Undelivered(error);
        }
    }

    /// <summary>A new SYN ends TIME_WAIT if no old segment can be taken for its own (RFC 9293,
    /// section 3.6.1).</summary>
    private bool MakesWay(TcpConnection connection, in TcpHeader header)
    {
        bool isNew = connection.State == TcpState.TimeWait && header.Flags == TcpFlags.Syn
            && SequenceNumber.IsAfter(header.Sequence, connection.ReceiveNext);
        if (isNew)
        {
            connection.Abort();
        }

        return isNew;
    }

    /// <returns>False if nobody listens there.</returns>
    private bool TryOpen(InternetEndpoint local, InternetEndpoint remote, in TcpHeader header)
    {
        if (Find(local) is not { } listener)
        {
            return false;
        }

        if (header.Has(TcpFlags.Acknowledge))
        {
            return false;
        }

        if (!header.Has(TcpFlags.Syn) || header.Has(TcpFlags.Reset))
        {
            return true;
        }

        TcpBinding binding = new(local) { IsAddressReused = listener.Binding.IsAddressReused };
        TcpConnection made = new(
            this, binding, remote, listener.Settings with { }, _clock, _events);
        if (!listener.TryBegin(made))
        {
            Counters.ListenDrops++;
            return true;
        }

        Hold(binding);
        _connections.Add((local, remote), made);
        made.OpenPassively(header);
        return true;
    }

    private void Refuse(
        InternetEndpoint local, InternetEndpoint remote, in TcpHeader header, int length)
    {
        if (header.Has(TcpFlags.Reset))
        {
            return;
        }

        if (header.Has(TcpFlags.Acknowledge))
        {
            SendReset(local, remote, header.Acknowledgment);
            return;
        }

        uint end = unchecked(header.Sequence + (uint)length
            + (header.Has(TcpFlags.Syn) ? 1u : 0) + (header.Has(TcpFlags.Fin) ? 1u : 0));
        SendReset(local, remote, 0, end, TcpFlags.Reset | TcpFlags.Acknowledge);
    }

    private void SendReset(
        InternetEndpoint local,
        InternetEndpoint remote,
        uint sequence,
        uint acknowledgment,
        TcpFlags flags)
    {
        byte[] frame = Ipv4Layer.CreateFrame(TcpHeader.SizeBytes);
        new TcpHeader
        {
            SourcePort = local.Port,
            DestinationPort = remote.Port,
            Sequence = sequence,
            Acknowledgment = acknowledgment,
            Flags = flags,
            Window = 0,
        }.Write(frame.AsSpan(Ipv4Layer.TransportOffset));
        Counters.ResetsSent++;
        Send(frame, TcpHeader.SizeBytes, local.Address, remote.Address, s_plain, null);
    }

    private static readonly TcpSettings s_plain = new();

    private TcpListener? Find(InternetEndpoint local)
    {
        TcpListener? best = null;
        foreach (TcpListener listener in _listeners)
        {
            InternetEndpoint its = listener.Binding.Local;
            if (its == local)
            {
                return listener;
            }

            if (its.Port == local.Port && its.Address.IsAny)
            {
                best = listener;
            }
        }

        return best;
    }

    private ushort ChoosePort(Ipv4Address source, InternetEndpoint remote)
    {
        ushort port = _ephemeral.Choose(each => !_ports.ContainsKey(each));
        return port != 0 ? port : _ephemeral.Choose(each =>
            !_ports[each].Exists(other => other.IsListening)
            && !_connections.ContainsKey((new InternetEndpoint(source, each), remote)));
    }

    private void Hold(TcpBinding binding)
    {
        if (!_ports.TryGetValue(binding.Local.Port, out List<TcpBinding>? list))
        {
            list = [];
            _ports.Add(binding.Local.Port, list);
        }

        list.Add(binding);
    }

    private bool IsTaken(TcpBinding binding, bool isListening = false)
    {
        if (!_ports.TryGetValue(binding.Local.Port, out List<TcpBinding>? list))
        {
            return false;
        }

        foreach (TcpBinding other in list)
        {
            bool meets = !ReferenceEquals(other, binding)
                && (other.Local.Address == binding.Local.Address
                    || other.Local.Address.IsAny || binding.Local.Address.IsAny);
            bool isShared = binding.IsAddressReused && other.IsAddressReused
                && !other.IsListening;
            if (meets && !isShared && (!isListening || other.IsListening))
            {
                return true;
            }
        }

        return false;
    }
}
