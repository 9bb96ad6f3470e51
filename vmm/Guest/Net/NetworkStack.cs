using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A node's Internet protocols, in virtual time.
/// <code>
/// sockets ── UdpEndpoint, TcpConnection ── UdpLayer, TcpLayer ── Ipv4Layer ─┬─ lo
///                                              IcmpLayer ──────────┘        └─ eth0 ── IFrameSink
/// </code></summary>
internal sealed class NetworkStack
{
    /// <summary>Tells the stack's chance from the kernel's of the same seed.</summary>
    private const ulong RandomStream = 0x6e_65_74;

    /// <param name="sendTime">What is sent now leaves no sooner; null: now.</param>
    public NetworkStack(
        NetworkOptions? options,
        ulong seed,
        INodeClock clock,
        IEventQueue events,
        Func<VirtualTime>? sendTime = null)
    {
        sendTime ??= () => clock.Now;
        // Nodes of one job share its seed, and must not choose the same ports and numbers.
        SeededRandom random = new(seed ^ RandomStream ^ ((options?.Mac.Value ?? 0) << 16));
        Clock = clock;
        Events = events;
        Ip = new Ipv4Layer(clock, events, random);
        Ip.Add(new LoopbackInterface(clock, events, sendTime, Ip.Receive));
        Icmp = new IcmpLayer(Ip);
        Ip.Add(Ipv4Header.IcmpProtocol, Icmp);
        Ip.UnknownProtocol = (header, packet) =>
            Icmp.SendUnreachable(header, packet, IcmpLayer.ProtocolCode);
        Udp = new UdpLayer(Ip, Icmp, clock, events, random);
        Tcp = new TcpLayer(Ip, clock, events, random);
        if (options is not null)
        {
            Ethernet = new EthernetInterface(
                options,
                clock,
                events,
                sendTime,
                Ip.Receive,
                packet => Ip.ReportUndelivered(packet, Errno.EHOSTUNREACH));
            Ip.Add(Ethernet);
        }
    }

    public INodeClock Clock { get; }

    public IEventQueue Events { get; }

    public Ipv4Layer Ip { get; }

    public IcmpLayer Icmp { get; }

    public UdpLayer Udp { get; }

    public TcpLayer Tcp { get; }

    /// <summary>Null if the node has no network but its own loopback.</summary>
    public EthernetInterface? Ethernet { get; }
}
