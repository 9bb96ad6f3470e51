using System.Globalization;
using System.Text;

namespace Dilaton.Guest;

/// <summary>The texts of <c>/proc/net</c> (proc(5)).</summary>
internal sealed class NetworkTexts(NetworkStack stack)
{
    public static void Fill(ViewDirectory folder, NetworkStack stack)
    {
        NetworkTexts texts = new(stack);
        folder.AddText("dev", texts.GetDevices);
        folder.AddText("arp", texts.GetNeighbours);
        folder.AddText("route", texts.GetRoutes);
        folder.AddText("tcp", texts.GetStreams);
        folder.AddText("udp", texts.GetDatagrams);
        folder.AddText("sockstat", texts.GetSummary);
        folder.AddText("snmp", texts.GetCounters);
        folder.AddText(
            "unix", () => "Num       RefCount Protocol Flags    Type St Inode Path\n");
    }

    public string GetDevices()
    {
        StringBuilder text = new();
        text.Append("Inter-|   Receive                                                |  Transmit\n");
        text.Append(" face |bytes    packets errs drop fifo frame compressed multicast");
        text.Append("|bytes    packets errs drop fifo colls carrier compressed\n");
        foreach (NetworkInterface each in stack.Ip.Interfaces)
        {
            InterfaceCounters c = each.Counters;
            text.Append(Invariant(
                $"{each.Name,6}: {c.ReceivedBytes,7} {c.ReceivedFrames,7} {c.ReceiveErrors,4} "));
            text.Append(Invariant($"{c.ReceiveDrops,4}    0     0          0         0 "));
            text.Append(Invariant($"{c.SentBytes,8} {c.SentFrames,7}    0 {c.SendDrops,4}"));
            text.Append("    0     0       0          0\n");
        }

        return text.ToString();
    }

    public string GetNeighbours()
    {
        StringBuilder text = new();
        text.Append("IP address       HW type     Flags       HW address            Mask     Device\n");
        if (stack.Ethernet is { } ethernet)
        {
            foreach ((Ipv4Address address, MacAddress mac, bool isPermanent) in ethernet.Arp.Known)
            {
                string flags = isPermanent ? "0x6" : "0x2";
                text.Append(Invariant(
                    $"{address,-16} 0x1         {flags}         {mac}     *        eth0\n"));
            }
        }

        return text.ToString();
    }

    public string GetRoutes()
    {
        StringBuilder text = new();
        text.Append("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\t");
        text.Append("Window\tIRTT\n");
        if (stack.Ethernet is { } it)
        {
            uint mask = Ipv4Address.Mask(it.PrefixLength);
            string network = Hex(new Ipv4Address(it.Address.Value & mask));
            text.Append(Invariant(
                $"{it.Name}\t{network}\t00000000\t0001\t0\t0\t0\t{Hex(new Ipv4Address(mask))}"));
            text.Append("\t0\t0\t0\n");
        }

        return text.ToString();
    }

    public string GetStreams()
    {
        StringBuilder text = new();
        text.Append("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt");
        text.Append("   uid  timeout inode\n");
        int line = 0;
        foreach (TcpListener each in stack.Tcp.Listeners)
        {
            Add(each.Binding.Local, default, TcpState.Listen, 0, each.WaitingCount);
        }

        foreach (TcpConnection each in stack.Tcp.Connections)
        {
            Add(each.Local, each.Remote, each.State, each.UnacknowledgedBytes, each.ReadyBytes);
        }

        return text.ToString();

        void Add(
            InternetEndpoint local, InternetEndpoint remote, TcpState state, int sending, int ready)
        {
            string queues = Invariant($"{sending:X8}:{ready:X8}");
            text.Append(Invariant($"{line++,4}: {Hex(local)} {Hex(remote)} {(int)state:X2} "));
            text.Append(Invariant($"{queues} 00:00000000 00000000  {GuestIdentity.UserId,4}"));
            text.Append("        0 0 1 0000000000000000 100 0 0 10 0\n");
        }
    }

    public string GetDatagrams()
    {
        const int ClosedState = 7;
        StringBuilder text = new();
        text.Append("   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt");
        text.Append("   uid  timeout inode ref pointer drops\n");
        foreach (UdpEndpoint each in stack.Udp.Endpoints)
        {
            int state = each.Remote is null ? ClosedState : (int)TcpState.Established;
            string queues = Invariant(
                $"{each.Account.UsedBytes:X8}:{each.ReceivedChargeBytes:X8}");
            text.Append(Invariant(
                $"{each.Local.Port,5}: {Hex(each.Local)} {Hex(each.Remote ?? default)} {state:X2} "));
            text.Append(Invariant($"{queues} 00:00000000 00000000  {GuestIdentity.UserId,4}"));
            text.Append(Invariant($"        0 0 2 0000000000000000 {each.DropCount}\n"));
        }

        return text.ToString();
    }

    public string GetSummary()
    {
        int waiting = stack.Tcp.Connections.Count(c => c.State == TcpState.TimeWait);
        int used = stack.Tcp.ConnectionCount - waiting + stack.Tcp.Listeners.Count();
        int datagrams = stack.Udp.Endpoints.Count();
        return Invariant($"sockets: used {used + datagrams}\n")
            + Invariant($"TCP: inuse {used} orphan 0 tw {waiting} alloc {used} mem 0\n")
            + Invariant($"UDP: inuse {datagrams} mem 0\nUDPLITE: inuse 0\nRAW: inuse 0\n")
            + Invariant($"FRAG: inuse {stack.Ip.Reassembly.PendingCount} memory 0\n");
    }

    public string GetCounters()
    {
        Ipv4Counters ip = stack.Ip.Counters;
        Reassembly parts = stack.Ip.Reassembly;
        TcpCounters tcp = stack.Tcp.Counters;
        UdpCounters udp = stack.Udp.Counters;
        int established = stack.Tcp.Connections.Count(
            c => c.State is TcpState.Established or TcpState.CloseWait);
        return "Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors InDelivers "
            + "OutRequests ReasmOKs ReasmFails FragCreates\n"
            + Invariant($"Ip: 2 {Ipv4Header.InitialTimeToLive} {ip.Received} {ip.HeaderErrors} ")
            + Invariant($"{ip.AddressErrors} {ip.Delivered} {ip.Sent} {parts.CompletedCount} ")
            + Invariant($"{parts.FailedCount} {ip.FragmentsMade}\n")
            + "Tcp: ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs "
            + "RetransSegs InErrs OutRsts\n"
            + Invariant($"Tcp: {tcp.ActiveOpens} {tcp.PassiveOpens} {tcp.FailedOpens} ")
            + Invariant($"{tcp.Resets} {established} {tcp.SegmentsReceived} {tcp.SegmentsSent} ")
            + Invariant($"{tcp.SegmentsRetransmitted} {tcp.ReceiveErrors} {tcp.ResetsSent}\n")
            + "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors\n"
            + Invariant($"Udp: {udp.Received} {udp.NoPort} {udp.Errors + udp.BufferErrors} ")
            + Invariant($"{udp.Sent} {udp.BufferErrors}\n");
    }

    /// <summary>As a little-endian machine prints a number in network order.</summary>
    private static string Hex(Ipv4Address address) => Invariant(
        $"{System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(address.Value):X8}");

    private static string Hex(InternetEndpoint endpoint) =>
        Invariant($"{Hex(endpoint.Address)}:{endpoint.Port:X4}");

    private static string Invariant(FormattableString text) =>
        text.ToString(CultureInfo.InvariantCulture);
}
