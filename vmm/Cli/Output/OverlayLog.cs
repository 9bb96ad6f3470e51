using System.Globalization;
using System.Text;
using Dilaton.Core;
using Dilaton.Models.Network;

namespace Dilaton.Cli;

/// <summary>overlay.txt: the commands that a run took, and the tables at its end.</summary>
internal static class OverlayLog
{
    public static string Of(OverlayNetwork network)
    {
        OverlayOptions options = network.Options;
        StringBuilder text = new("# commands, in the order in which they were taken\n");
        foreach (OverlayCommand command in network.Taken)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"at {command.Time - VirtualTime.Zero} {options.Format(command)}\n");
        }

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
}
