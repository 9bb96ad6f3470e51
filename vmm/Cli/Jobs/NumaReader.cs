using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>Reads and checks `memory.numa`, and links to memories.</summary>
internal static class NumaReader
{
    public const int NodesMax = 64;

    /// <param name="memory">Read so far: its dram is what nodes start from.</param>
    /// <returns>Null: one memory.</returns>
    public static NumaJob? Read(MapReader parent, MemoryJob memory, int coreCount)
    {
        if (!parent.Has("numa") || parent.IsNull("numa"))
        {
            parent.Take("numa");
            return null;
        }

        MapReader map = parent.Section("numa");
        PlacementChoice placement =
            map.Word("placement", PlacementChoice.FirstTouch, JobChoices.Placement);
        List<NumaNodeJob> nodes = [.. map.Maps("nodes").Select(node => ReadNode(node, memory, coreCount))];
        NumaJob numa = new()
        {
            Placement = placement,
            Nodes = nodes,
            Distances = [.. map.Maps("distances").Select(way => ReadDistance(way, nodes))],
        };
        Check(map, numa, memory, coreCount);
        map.Done();
        return numa;
    }

    /// <returns>Null: none is given.</returns>
    public static MemoryLinkJob? ReadLink(MapReader parent)
    {
        if (!parent.Has("link") || parent.IsNull("link"))
        {
            parent.Take("link");
            return null;
        }

        MapReader map = parent.Section("link");
        MemoryLinkJob link = new()
        {
            Latency = ReadLatency(map),
            Bandwidth = ReadBandwidth(map),
        };
        map.Done();
        return link;
    }

    /// <summary>Only memory.dram of a node without numa can be dilated.</summary>
    public static void RequireVirtual(MapReader map, DramJob dram)
    {
        if (dram.Rates == RatesChoice.Physical)
        {
            map.Error(
                DiagnosticCode.NotBuiltYet, "dram",
                "rates: 'physical' is for the one memory of a node in this version",
                "leave rates out");
        }
    }

    private static VirtualDuration ReadLatency(MapReader map)
    {
        if (!map.Has("latency"))
        {
            map.Missing("latency");
        }

        VirtualDuration latency = map.Value<VirtualDuration>(
            "latency", VirtualDuration.Zero, Quantity.TryParseDuration);
        if (latency > MemoryLinkOptions.LatencyMax)
        {
            map.Error(
                DiagnosticCode.OutOfRange, "latency",
                $"{latency} is out of range (0ps to {MemoryLinkOptions.LatencyMax})");
        }

        return latency;
    }

    private static Bandwidth? ReadBandwidth(MapReader map)
    {
        Bandwidth? bandwidth = map.Optional<Bandwidth>("bandwidth", null, Bandwidth.TryParse);
        if (bandwidth is { BitsPerSecond: < FlatDramOptions.BandwidthMin
            or > FlatDramOptions.BandwidthMax })
        {
            map.Error(
                DiagnosticCode.OutOfRange, "bandwidth",
                $"{bandwidth} is out of range (1MB/s to 100000GB/s)");
        }

        return bandwidth;
    }

    private static NumaNodeJob ReadNode(MapReader map, MemoryJob memory, int coreCount)
    {
        if (!map.Has("name"))
        {
            map.Missing("name");
        }

        NumaNodeJob node = new()
        {
            Name = map.Name("name", "node", "_-"),
            Cores = map.Integers("cores", 0, coreCount - 1),
            Size = map.Optional<ByteSize>("size", null, ByteSize.TryParse),
            Dram = DramReader.Read(map.Section("dram"), memory.Dram, memory.Caches.LineSize),
            Link = ReadLink(map),
        };
        if (node.Size is { } size && (size.Bytes == 0 || size.Bytes % GuestPage.SizeBytes != 0))
        {
            map.Error(
                DiagnosticCode.OutOfRange, "size", $"{size} is no whole number of pages of 4KiB");
        }

        RequireVirtual(map, node.Dram);
        map.Done();
        return node;
    }

    private static NumaDistanceJob ReadDistance(MapReader map, List<NumaNodeJob> nodes)
    {
        string NodeOf(string key)
        {
            string name = map.RequiredText(key);
            if (name.Length > 0 && !nodes.Exists(node => node.Name == name))
            {
                map.Error(
                    DiagnosticCode.Inconsistent, key, $"'{name}' is no memory node",
                    Spelling.Help(name, [.. nodes.Select(node => node.Name)]));
            }

            return name;
        }

        NumaDistanceJob way = new()
        {
            From = NodeOf("from"),
            To = NodeOf("to"),
            Latency = ReadLatency(map),
            Bandwidth = ReadBandwidth(map),
        };
        if (way.From == way.To)
        {
            map.Error(
                DiagnosticCode.Inconsistent, "to", $"'{way.To}' is near to its own cores");
        }

        map.Done();
        return way;
    }

    private static void Check(MapReader map, NumaJob numa, MemoryJob memory, int coreCount)
    {
        void Refuse(string message, string help = "") =>
            map.Error(DiagnosticCode.Inconsistent, "nodes", message, help);
        if (numa.Nodes.Count is 0 or > NodesMax)
        {
            Refuse($"{numa.Nodes.Count} memory nodes (1 to {NodesMax})");
            return;
        }

        if (memory.Peer is { } peer)
        {
            Refuse($"the memory is that of the peer '{peer}'", "leave out numa or memory.peer");
        }

        if (numa.Nodes.DistinctBy(node => node.Name).Count() < numa.Nodes.Count)
        {
            Refuse("two memory nodes have one name");
        }

        for (int core = 0; core < coreCount; core++)
        {
            int near = numa.Nodes.Count(node => node.Cores.Contains(core));
            if (near != 1)
            {
                Refuse($"core {core} is near to {near} memory nodes", "name each core in one node's cores");
            }
        }

        CheckWays(numa, Refuse);
        CheckRoom(numa, memory, Refuse);
    }

    private static void CheckWays(NumaJob numa, Action<string, string> refuse)
    {
        foreach (NumaNodeJob to in numa.Nodes.Where(node => node.Link is null))
        {
            foreach (NumaNodeJob from in numa.Nodes)
            {
                if (from != to && from.Cores.Count > 0
                    && !numa.Distances.Any(way => way.From == from.Name && way.To == to.Name))
                {
                    refuse(
                        $"there is no way from the cores of '{from.Name}' to '{to.Name}'",
                        $"give '{to.Name}' a link, such as {{latency: 60ns}}, or a distance");
                }
            }
        }
    }

    private static void CheckRoom(NumaJob numa, MemoryJob memory, Action<string, string> refuse)
    {
        if (numa.Placement == PlacementChoice.Interleaved)
        {
            if (numa.Nodes.Any(node => node.Size is not null))
            {
                refuse("sizes are for placement first-touch: interleaved gives every node as much", "");
            }

            return;
        }

        UInt128 room = 0;
        foreach (NumaNodeJob node in numa.Nodes)
        {
            room += node.Size?.Bytes ?? ulong.MaxValue;
        }

        if (room < memory.Size.Bytes)
        {
            refuse(
                $"the memory nodes have room for {new ByteSize((ulong)room)}, and the memory has "
                    + $"{memory.Size}",
                "make one larger, or leave out the size of one");
        }
    }
}
