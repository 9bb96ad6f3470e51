using System.Globalization;
using System.Text;
using Dilaton.Core;
using Dilaton.Models.Network;

namespace Dilaton.Cli;

/// <summary>overlay.txt: the commands that a run took, and the tables at its end.</summary>
internal static class OverlayLog
{
    /// <param name="nodes">Their names.</param>
    public static string Of(OverlayNetwork network, IReadOnlyList<string> nodes)
    {
        OverlayOptions options = network.Options;
        StringBuilder text = new("# commands, in the order in which they were taken\n");
        VirtualTime time = VirtualTime.Zero;
        foreach (OverlayCommand command in network.Taken)
        {
            if (command.Time > time)
            {
                AddParts(text, options, nodes, time);
                time = command.Time;
            }

            text.Append(CultureInfo.InvariantCulture,
                $"at {command.Time - VirtualTime.Zero} {options.Format(command)}\n");
        }

        AddParts(text, options, nodes, time);
        text.Append("\n# tables at the end: index, frames that the route was taken for, route\n");
        for (int host = 0; host < options.Hosts.Count; host++)
        {
            text.Append(CultureInfo.InvariantCulture, $"on {options.Hosts[host].Name}\n");
            foreach (RouteEntry entry in network.TableOf(host).Entries)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"  {entry.Index,4} {entry.Hits,10}  {options.Format(entry.Route)}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Who is cut off from then on.</summary>
    private static void AddParts(
        StringBuilder text, OverlayOptions options, IReadOnlyList<string> nodes, VirtualTime time)
    {
        if (nodes.Count <= OverlayChecks.PartsNodesMax
            && NetworkReport.Parts(nodes, new OverlayTrace(options, nodes.Count, time)) is { } parts)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"# from {time - VirtualTime.Zero} on no frame goes between: {parts}\n");
        }
    }
}
