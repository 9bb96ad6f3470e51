using System.Diagnostics;
using System.Globalization;

namespace Dilaton.Cli;

/// <summary>Looks at the configurations of a job's SST peers before anything is started.</summary>
internal static class SstPeerCheck
{
    /// <returns>What was looked at, and for how long, one line a peer; mistakes are in the bag.
    /// </returns>
    public static IReadOnlyList<string> Run(Job job, DiagnosticBag bag)
    {
        List<string> lines = [];
        Dictionary<SstTools, SstCatalogue> catalogues = [];
        foreach (PeerJob peer in job.Peers.Where(peer => peer.Kind == PeerKind.Sst))
        {
            string name = $"peer '{peer.Name}'";
            if (SstTools.Find(peer.Program) is not { } tools)
            {
                lines.Add($"{name}: not checked: no sst and sst-info in PATH");
                continue;
            }

            if (!File.Exists(Bridges.SstLibrary))
            {
                lines.Add($"{name}: not checked: the bridge to SST is not built yet");
                continue;
            }

            if (!catalogues.TryGetValue(tools, out SstCatalogue? catalogue))
            {
                catalogue = new SstCatalogue(tools);
                catalogues[tools] = catalogue;
            }

            lines.Add(Check(job, peer, tools, catalogue, bag));
        }

        return lines;
    }

    private static string Check(
        Job job, PeerJob peer, SstTools tools, SstCatalogue catalogue, DiagnosticBag bag)
    {
        string name = $"peer '{peer.Name}'";
        long begin = Stopwatch.GetTimestamp();
        int count = 0;
        try
        {
            SstGraph? graph = peer.Graph is { } own
                ? SstGraph.Parse(SstGraphBuilder.Build(own), out _)
                : SstScript.Read(tools, catalogue, peer.Config!, peer.Args, $"{name}: ", bag);
            if (graph is not null)
            {
                count = new SstGraphCheck(catalogue, $"{name}: ", bag).Check(graph);
                SstRole.Check(job, peer, graph, $"{name}: ", bag);
            }
        }
        catch (SstToolException e)
        {
            return $"{name}: not checked: {e.Message}";
        }

        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {count} components and subcomponents checked against sst-info, "
                + $"{seconds:F2} s");
    }
}
