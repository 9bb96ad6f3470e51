using System.Globalization;

namespace Dilaton.Guest;

/// <summary><c>/sys/class/net</c>: a folder for each interface.</summary>
internal static class NetworkClassTree
{
    public static void Fill(ViewDirectory folder, NetworkStack stack)
    {
        foreach (NetworkInterface each in stack.Ip.Interfaces)
        {
            Fill(folder.AddDirectory(each.Name), each);
        }
    }

    private static void Fill(ViewDirectory folder, NetworkInterface it)
    {
        const ulong Megabit = 1_000_000;
        folder.AddLine("address", it.Mac.ToString());
        folder.AddLine("addr_len", Text(MacAddress.SizeBytes));
        folder.AddLine(
            "broadcast", (it.IsLoopback ? default : MacAddress.Broadcast).ToString());
        folder.AddLine("mtu", Text(it.MtuBytes));
        folder.AddLine("ifindex", Text(it.Index));
        folder.AddLine("iflink", Text(it.Index));
        folder.AddLine("type", Text(InterfaceControl.KindOf(it)));
        folder.AddLine(
            "flags", $"0x{InterfaceControl.FlagsOf(it).ToString("x", CultureInfo.InvariantCulture)}");
        folder.AddLine("operstate", it.IsLoopback ? "unknown" : "up");
        folder.AddLine("carrier", "1");
        folder.AddLine("dormant", "0");
        folder.AddLine("tx_queue_len", Text(InterfaceControl.QueueLengthOf(it)));
        if (it is EthernetInterface ethernet)
        {
            folder.AddLine("speed", Text(ethernet.BandwidthBitsPerSecond / Megabit));
            folder.AddLine("duplex", "full");
        }

        ViewDirectory counters = folder.AddDirectory("statistics");
        InterfaceCounters c = it.Counters;
        (string Name, Func<ulong> Read)[] all =
        [
            ("rx_bytes", () => c.ReceivedBytes), ("rx_packets", () => c.ReceivedFrames),
            ("rx_errors", () => c.ReceiveErrors), ("rx_dropped", () => c.ReceiveDrops),
            ("tx_bytes", () => c.SentBytes), ("tx_packets", () => c.SentFrames),
            ("tx_errors", () => 0), ("tx_dropped", () => c.SendDrops),
            ("multicast", () => 0), ("collisions", () => 0),
        ];
        foreach ((string name, Func<ulong> read) in all)
        {
            counters.AddText(name, () => Text(read()) + "\n");
        }
    }

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
