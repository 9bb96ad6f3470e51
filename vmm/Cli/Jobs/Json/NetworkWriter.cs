using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>Writes what joins the nodes of a job as JSON by hand, for <see cref="JobWriter"/>.
/// </summary>
internal static class NetworkWriter
{
    public static void Write(Utf8JsonWriter json, NetworkJob? network)
    {
        if (network is null)
        {
            json.WriteNull("network");
            return;
        }

        json.WriteStartObject("network");
        json.WriteString("kind", JobChoices.Network.WordOf(network.Kind));
        json.WriteString("peer", network.Peer);
        OverlayWriter.Write(json, network.Overlay);
        json.WriteStartArray("dimensions");
        foreach (int routers in network.Dimensions)
        {
            json.WriteNumberValue(routers);
        }

        json.WriteEndArray();
        json.WriteNumber("hostsPerRouter", network.HostsPerRouter);
        json.WriteNumber("down", network.Down);
        json.WriteNumber("up", network.Up);
        json.WriteNumber("routersPerGroup", network.RoutersPerGroup);
        json.WriteNumber("globalLinksPerRouter", network.GlobalLinksPerRouter);
        json.WriteString("gap", network.Gap.ToString());
        LinkJob link = network.Link;
        json.WriteStartObject("link");
        json.WriteString("bandwidth", link.Bandwidth.ToString());
        json.WriteString("latency", link.Latency.ToString());
        json.WriteString("mtu", link.Mtu.ToString());
        json.WriteString("buffer", link.Buffer.ToString());
        json.WriteString("loss", RatioText.Format(link.Loss));
        json.WriteNumber("overhead", link.Overhead);
        json.WriteEndObject();
        json.WriteStartArray("links");
        foreach (LinkChangeJob change in network.Links)
        {
            json.WriteStartObject();
            json.WriteString("name", change.Name);
            WriteFigures(json, change);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("switch");
        json.WriteString("latency", network.Switch.Latency.ToString());
        json.WriteEndObject();
        json.WriteString("rates", JobChoices.Rates.WordOf(network.Rates));
        json.WriteBoolean("pcap", network.Pcap);
        json.WriteEndObject();
    }

    /// <summary>What a link has in place of the network's.</summary>
    public static void WriteFigures(Utf8JsonWriter json, LinkFiguresJob link)
    {
        json.WriteString("bandwidth", link.Bandwidth?.ToString());
        json.WriteString("latency", link.Latency?.ToString());
        json.WriteString("mtu", link.Mtu?.ToString());
        json.WriteString("buffer", link.Buffer?.ToString());
        json.WriteString("loss", link.Loss is { } loss ? RatioText.Format(loss) : null);
        if (link.Overhead is { } overhead)
        {
            json.WriteNumber("overhead", overhead);
        }
        else
        {
            json.WriteNull("overhead");
        }
    }

    public static void Write(Utf8JsonWriter json, SyncJob sync)
    {
        json.WriteStartObject("sync");
        json.WriteString("mode", JobChoices.Sync.WordOf(sync.Mode));
        json.WriteString("slack", sync.Slack?.ToString());
        json.WriteNumber("late", sync.Late);
        json.WriteString("timeout", sync.Timeout.ToString());
        json.WriteString("transport", JobChoices.Transport.WordOf(sync.Transport));
        if (sync.Workers is { } workers)
        {
            json.WriteNumber("workers", workers);
        }
        else
        {
            json.WriteNull("workers");
        }

        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, NicJob nic)
    {
        json.WriteStartObject("nic");
        json.WriteString("bandwidth", nic.Bandwidth?.ToString());
        json.WriteString("mtu", nic.Mtu?.ToString());
        json.WriteNumber("queue", nic.Queue);
        json.WriteEndObject();
    }
}
