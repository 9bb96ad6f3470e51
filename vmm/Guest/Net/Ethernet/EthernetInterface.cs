using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary><c>eth0</c>: a node's place in the network. Frames wait in a queue of limited length
/// and leave at the interface's bandwidth; the sink learns of them at once, with the time at which
/// they leave. Frames that come wait until the kernel has taken them up.</summary>
internal sealed class EthernetInterface : NetworkInterface, IFrameReceiver
{
    private readonly Func<VirtualTime> _sendTime;
    private readonly ReceiveBacklog _backlog;
    private readonly TransmitLine _line;
    private readonly ArpTable _arp;
    private readonly Action<ReadOnlyMemory<byte>, NetworkInterface> _receive;
    private readonly Action<ReadOnlyMemory<byte>> _unreachable;
    private IFrameSink? _sink;

    /// <param name="sendTime">What is sent now leaves no sooner.</param>
    /// <param name="receive">Takes IPv4 packets that come.</param>
    /// <param name="unreachable">Takes IPv4 packets whose next station does not answer.</param>
    public EthernetInterface(
        NetworkOptions options,
        INodeClock clock,
        IEventQueue events,
        Func<VirtualTime> sendTime,
        Action<ReadOnlyMemory<byte>, NetworkInterface> receive,
        Action<ReadOnlyMemory<byte>> unreachable)
        : base("eth0", 2, options.Address, options.PrefixLength, options.MtuBytes)
    {
        Mac = options.Mac;
        BandwidthBitsPerSecond = options.BandwidthBitsPerSecond;
        QueueFrames = options.QueueFrames;
        _sendTime = sendTime;
        _backlog = new ReceiveBacklog(clock, events, TakeUp);
        _line = new TransmitLine(
            options.BandwidthBitsPerSecond, options.QueueFrames, options.PhysicalTime);
        _receive = receive;
        _unreachable = unreachable;
        _arp = new ArpTable(this, clock, events, options.Hosts);
    }

    public override MacAddress Mac { get; }

    public override bool IsLoopback => false;

    public ulong BandwidthBitsPerSecond { get; }

    public int QueueFrames { get; }

    public ArpTable Arp => _arp;

    /// <summary>Without one the line leads nowhere: what is sent is lost.</summary>
    public void Attach(IFrameSink? sink) => _sink = sink;

    public override void Send(byte[] frame, Ipv4Address nextHop, TransmitAccount? account)
    {
        if (nextHop == NetworkBroadcast || nextHop == Ipv4Address.Broadcast)
        {
            Transmit(frame, MacAddress.Broadcast, account);
        }
        else
        {
            _arp.Send(frame, nextHop, account);
        }
    }

    /// <summary>HOT: per frame. Puts a frame on the line.</summary>
    public void Transmit(
        byte[] frame,
        MacAddress destination,
        TransmitAccount? account,
        ushort type = EthernetHeader.Ipv4Type)
    {
        if (!_line.TryEnter(
            _sendTime(), frame.Length, out VirtualTime departure, out VirtualTime end))
        {
            Counters.SendDrops++;
            account?.Drop(frame.Length);
            return;
        }

        new EthernetHeader(destination, Mac, type).Write(frame);
        Counters.SentFrames++;
        Counters.SentBytes += (ulong)frame.Length;
        account?.Leaves(end, frame.Length);
        _sink?.Send(departure, frame);
    }

    /// <summary>HOT: per frame.</summary>
    public void Receive(ReadOnlyMemory<byte> frame)
    {
        if (!EthernetHeader.TryRead(frame.Span, out EthernetHeader header))
        {
            Counters.ReceiveErrors++;
            return;
        }

        Counters.ReceivedFrames++;
        Counters.ReceivedBytes += (ulong)frame.Length;
        bool isForUs = header.Destination == Mac || header.Destination == MacAddress.Broadcast;
        if (!isForUs || !_backlog.TryAdd(frame))
        {
            Counters.ReceiveDrops++;
        }
    }

    public void ReportUnreachable(byte[] frame) =>
        _unreachable(frame.AsMemory(EthernetHeader.SizeBytes));

    private void TakeUp(ReadOnlyMemory<byte> frame)
    {
        Invariant.Require(EthernetHeader.TryRead(frame.Span, out EthernetHeader header));
        ReadOnlyMemory<byte> payload = frame[EthernetHeader.SizeBytes..];
        switch (header.Type)
        {
            case EthernetHeader.Ipv4Type:
                _receive(payload, this);
                break;
            case EthernetHeader.ArpType when ArpPacket.TryRead(payload.Span, out ArpPacket arp):
                _arp.Receive(arp);
                break;
            default:
                Counters.ReceiveDrops++;
                break;
        }
    }
}
