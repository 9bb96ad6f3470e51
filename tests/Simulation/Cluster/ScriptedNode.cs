using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Tests.Simulation;

/// <summary>A script as a node of a cluster, at the port of its number.</summary>
public sealed class ScriptedNode(int id, NodeScript script) : IClusterNode
{
    public int Id => id;

    public IReadOnlyList<int> Ports { get; } = [id];

    public NodeScript Script => script;

    public int RoundCount { get; private set; }

    public void Run(VirtualTime until, IReadOnlyList<FrameArrival> arrivals, NodeReport report)
    {
        RoundCount++;
        report.Departures.Clear();
        foreach (FrameArrival arrival in arrivals)
        {
            script.Arrive(arrival.Time.Picoseconds, arrival.Frame);
        }

        while (script.NextAct < until.Picoseconds)
        {
            script.Act(report.Departures.Add);
        }

        report.Now = new VirtualTime(script.Now);
        report.NextAct = new VirtualTime(script.NextAct);
        report.HasEnded = script.HasEnded || until == VirtualTime.MaxValue;
    }
}
