using System.Globalization;
using System.Text;
using Dilaton.Core;
using Dilaton.Models.Network;

namespace Dilaton.Cli;

/// <summary>What `dilaton network check` says of a job's network.</summary>
internal static class NetworkReport
{
    /// <summary>A frame without more than its header: what takes longer takes longer on each link.
    /// </summary>
    private const int FrameBytes = EthernetFrame.HeaderBytes;

    /// <param name="job">Without mistakes.</param>
    /// <returns>Null if one of the options is wrong, which was reported.</returns>
    public static string? Of(Job job, string? from, string? to, string? at, DiagnosticBag bag)
    {
        if (job.Network is not { } network)
        {
            bag.Error(
                DiagnosticCode.BadOption, "the job has no network", "add network: {kind: star}");
            return null;
        }

        if (network.Kind != NetworkKind.Overlay)
        {
            return OfLinks(job, network, from ?? to ?? at, bag);
        }

        VirtualDuration time = VirtualDuration.Zero;
        if (at is not null && !Quantity.TryParseDuration(at, out time, out string? why))
        {
            bag.Error(DiagnosticCode.BadOption, $"--at: {why}");
            return null;
        }

        OverlayPlan plan = new(job, Dilation.Network(job)!);
        OverlayTrace trace = new(plan.Options, plan.Nodes.Count, VirtualTime.Zero + time);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"overlay at {time}\n");
        AddHosts(text, plan, trace);
        AddParts(text, plan, trace);
        if (from is null && to is null)
        {
            return text.ToString();
        }

        return AddWay(text, plan, trace, from, to, bag) ? text.ToString() : null;
    }

    /// <summary>Which nodes are cut off, in words; null if none is.</summary>
    public static string? Parts(IReadOnlyList<string> nodes, OverlayTrace trace)
    {
        IReadOnlyList<IReadOnlyList<int>> parts = trace.Parts();
        return parts.Count < 2 ? null : string.Join(" | ", parts.Select(
            part => string.Join(", ", part.Select(port => nodes[port]))));
    }

    private static string? OfLinks(Job job, NetworkJob network, string? option, DiagnosticBag bag)
    {
        if (option is not null)
        {
            bag.Error(
                DiagnosticCode.BadOption,
                "--from, --to and --at are for an overlay",
                $"in a network of kind {JobChoices.Network.WordOf(network.Kind)} every node reaches "
                    + "every other");
            return null;
        }

        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture,
            $"{JobChoices.Network.WordOf(network.Kind)} of {job.Nodes.Count} nodes\n");
        foreach (string name in NetworkMapping.LinkNames(job))
        {
            text.Append(CultureInfo.InvariantCulture, $"  link {name}\n");
        }

        return text.ToString();
    }

    private static void AddHosts(StringBuilder text, OverlayPlan plan, OverlayTrace trace)
    {
        OverlayOptions options = plan.Options;
        for (int host = 0; host < options.Hosts.Count; host++)
        {
            string nodes = string.Join(", ", options.Hosts[host].Ports.Select(
                port => $"{plan.Nodes[port]} ({EthernetFrame.FormatPort(port)})"));
            text.Append(CultureInfo.InvariantCulture,
                $"host {options.Hosts[host].Name}: {(nodes.Length == 0 ? "no nodes" : nodes)}\n");
            foreach (RouteEntry entry in trace.Tables[host].Entries)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"  {entry.Index,4}  {options.Format(entry.Route)}\n");
            }
        }

        for (int i = 0; i < options.Edges.Count; i++)
        {
            OverlayEdgeOptions edge = options.Edges[i];
            text.Append(CultureInfo.InvariantCulture,
                $"link {edge.Name}: {options.Hosts[edge.First].Name} - "
                + $"{options.Hosts[edge.Second].Name}, "
                + $"{NetworkCatalogue.FormatBandwidth(edge.Link.BandwidthBitsPerSecond)}, "
                + $"{edge.Link.Latency}{(trace.IsUp[i] ? "" : ", taken away")}\n");
        }
    }

    private static void AddParts(StringBuilder text, OverlayPlan plan, OverlayTrace trace) =>
        text.Append(Parts(plan.Nodes, trace) is { } parts
            ? $"no frame goes between: {parts}\n"
            : "every node is joined with every other\n");

    private static bool AddWay(
        StringBuilder text, OverlayPlan plan, OverlayTrace trace, string? from, string? to,
        DiagnosticBag bag)
    {
        ulong destination = EthernetFrame.Broadcast;
        if (from is null || !OverlayScript.TryAddress(from, plan.Nodes, out ulong source)
            || PortOf(plan, source) is not { } port)
        {
            bag.Error(
                DiagnosticCode.BadOption,
                from is null ? "--to needs --from" : $"--from: there is no node '{from}'",
                Spelling.Help(from ?? "", [.. plan.Nodes]));
            return false;
        }

        if (to is not null
            && !OverlayScript.TryAddress(to, plan.Nodes, out destination))
        {
            bag.Error(
                DiagnosticCode.BadOption,
                $"--to: '{to}' is no node, no MAC and not all",
                Spelling.Help(to, [.. plan.Nodes, "all"]));
            return false;
        }

        text.Append(CultureInfo.InvariantCulture, $"a frame from {plan.Nodes[port]} "
            + $"({EthernetFrame.FormatPort(port)}) to {EthernetFrame.Format(destination)}\n");
        List<(int Port, VirtualTime Time)> arrivals = [];
        IReadOnlyList<OverlayStep> steps = trace.Follow(port, destination, FrameBytes, arrivals);
        foreach (OverlayStep step in steps)
        {
            AddStep(text, plan, step);
        }

        foreach ((int node, VirtualTime time) in arrivals)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"  comes to {plan.Nodes[node]} after {time - VirtualTime.Zero}, "
                + $"{FrameBytes} bytes in an empty network\n");
        }

        if (arrivals.Count == 0)
        {
            text.Append(steps.Count == 0
                ? "  comes to no node: it is at no host\n"
                : "  comes to no node\n");
        }

        return true;
    }

    private static void AddStep(StringBuilder text, OverlayPlan plan, OverlayStep step)
    {
        OverlayOptions options = plan.Options;
        string taken = step.Taken.Count == 0
            ? "no route"
            : $"route {string.Join(", ", step.Taken.Select(entry => entry.Index))} of priority "
                + $"{step.Priority}";
        string ways = string.Join(", ", step.To.Select(options.Format));
        text.Append(CultureInfo.InvariantCulture,
            $"  {options.Hosts[step.Host].Name}, from {options.Format(step.From)}: {taken}"
            + $"{(ways.Length == 0 ? "" : $" -> {ways}")}"
            + $"{(step.Dropped.Length == 0 ? "" : $"; dropped: {step.Dropped}")}\n");
    }

    private static int? PortOf(OverlayPlan plan, ulong address)
    {
        int port = Enumerable.Range(0, plan.Nodes.Count).FirstOrDefault(
            node => EthernetFrame.AddressOf(node) == address, -1);
        return port < 0 ? null : port;
    }
}
