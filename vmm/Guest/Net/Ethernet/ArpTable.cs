using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Who has which Ethernet address (RFC 826; limits and retries as RFC 1122, section
/// 2.3.2). An answer is used for <see cref="Lifetime"/>; then the station is asked again.
/// </summary>
internal sealed class ArpTable
{
    public const int RequestsMax = 3;
    public const int WaitingMax = 100;

    /// <summary>Entries kept; the one that was made first goes when there are more.</summary>
    private const int EntriesMax = 4096;

    /// <summary>Stations that did not answer which are told of at the end.</summary>
    private const int UnansweredMax = 8;

    private readonly EthernetInterface _owner;
    private readonly INodeClock _clock;
    private readonly IEventQueue _events;
    private readonly Dictionary<Ipv4Address, Neighbour> _entries = [];
    private readonly Queue<Ipv4Address> _order = new();
    private readonly List<Ipv4Address> _unanswered = [];

    public ArpTable(
        EthernetInterface owner,
        INodeClock clock,
        IEventQueue events,
        IEnumerable<NetworkHost> known)
    {
        (_owner, _clock, _events) = (owner, clock, events);
        foreach (NetworkHost host in known)
        {
            if (host.Mac is { } mac && host.Address != owner.Address)
            {
                _entries[host.Address] = new Neighbour(host.Address, this) { Mac = mac };
            }
        }
    }

    public static VirtualDuration Lifetime => VirtualDuration.FromSeconds(60);

    public static VirtualDuration RequestInterval => VirtualDuration.FromSeconds(1);

    /// <summary>For <c>/proc/net/arp</c>, in the order of addresses.</summary>
    public IEnumerable<(Ipv4Address Address, MacAddress Mac, bool IsPermanent)> Known =>
        _entries.Values.Where(n => n.Mac is not null).OrderBy(n => n.Address.Value)
            .Select(n => (n.Address, n.Mac!.Value, n.Expires is null));

    /// <summary>The first stations that packets were given up for, as nobody answered.</summary>
    public IReadOnlyList<Ipv4Address> Unanswered => _unanswered;

    /// <summary>Completes the frame with the station's address, or keeps it until that is known.
    /// </summary>
    public void Send(byte[] frame, Ipv4Address nextHop, TransmitAccount? account)
    {
        Neighbour neighbour = Find(nextHop);
        if (neighbour.Mac is { } mac && !(neighbour.Expires <= _clock.Now))
        {
            _owner.Transmit(frame, mac, account);
            return;
        }

        if (neighbour.Waiting.Count == WaitingMax)
        {
            (byte[] oldest, TransmitAccount? its) = neighbour.Waiting.Dequeue();
            _owner.Counters.SendDrops++;
            its?.Drop(oldest.Length);
        }

        neighbour.Waiting.Enqueue((frame, account));
        if (neighbour.Timer is null)
        {
            neighbour.RequestsSent = 0;
            Ask(neighbour);
        }
    }

    /// <summary>Learns from a packet, and answers if it asks for this station.</summary>
    public void Receive(in ArpPacket packet)
    {
        bool isForUs = packet.TargetAddress == _owner.Address;
        bool isUsable = !packet.SenderMac.IsGroup && !packet.SenderAddress.IsAny
            && packet.SenderAddress != _owner.Address;
        if (isUsable && (isForUs || _entries.ContainsKey(packet.SenderAddress)))
        {
            Learn(Find(packet.SenderAddress), packet.SenderMac);
        }

        if (isForUs && packet.Operation == ArpPacket.Request && !packet.SenderMac.IsGroup)
        {
            SendPacket(
                new ArpPacket(
                    ArpPacket.Reply,
                    _owner.Mac,
                    _owner.Address,
                    packet.SenderMac,
                    packet.SenderAddress),
                packet.SenderMac);
        }
    }

    public void AnswerIsLate(Neighbour neighbour)
    {
        if (neighbour.RequestsSent < RequestsMax)
        {
            Ask(neighbour);
            return;
        }

        if (_unanswered.Count < UnansweredMax && !_unanswered.Contains(neighbour.Address))
        {
            _unanswered.Add(neighbour.Address);
        }

        while (neighbour.Waiting.TryDequeue(out (byte[] Frame, TransmitAccount? Account) waiting))
        {
            waiting.Account?.Drop(waiting.Frame.Length);
            _owner.ReportUnreachable(waiting.Frame);
        }
    }

    private void Ask(Neighbour neighbour)
    {
        neighbour.RequestsSent++;
        neighbour.Timer = _events.Schedule(_clock.Now + RequestInterval, neighbour);
        SendPacket(
            new ArpPacket(
                ArpPacket.Request, _owner.Mac, _owner.Address, default, neighbour.Address),
            MacAddress.Broadcast);
    }

    private void Learn(Neighbour neighbour, MacAddress mac)
    {
        if (neighbour.Mac is not null && neighbour.Expires is null)
        {
            return;
        }

        neighbour.Mac = mac;
        neighbour.Expires = _clock.Now + Lifetime;
        if (neighbour.Timer is { } ticket)
        {
            _events.Cancel(ticket);
            neighbour.Timer = null;
        }

        while (neighbour.Waiting.TryDequeue(out (byte[] Frame, TransmitAccount? Account) waiting))
        {
            _owner.Transmit(waiting.Frame, mac, waiting.Account);
        }
    }

    private Neighbour Find(Ipv4Address address)
    {
        if (_entries.TryGetValue(address, out Neighbour? known))
        {
            return known;
        }

        if (_order.Count == EntriesMax)
        {
            Forget(_order.Dequeue());
        }

        Neighbour made = new(address, this);
        _entries.Add(address, made);
        _order.Enqueue(address);
        return made;
    }

    private void Forget(Ipv4Address address)
    {
        if (_entries.Remove(address, out Neighbour? old))
        {
            if (old.Timer is { } ticket)
            {
                _events.Cancel(ticket);
            }

            foreach ((byte[] frame, TransmitAccount? account) in old.Waiting)
            {
                _owner.Counters.SendDrops++;
                account?.Drop(frame.Length);
            }
        }
    }

    private void SendPacket(in ArpPacket packet, MacAddress destination)
    {
        byte[] frame = EthernetHeader.CreateFrame(ArpPacket.SizeBytes);
        packet.Write(frame.AsSpan(EthernetHeader.SizeBytes));
        _owner.Transmit(frame, destination, null, EthernetHeader.ArpType);
    }
}
