using Dilaton.Core;

namespace Dilaton.Tests.Simulation;

/// <summary>All nodes and the switch in one queue, one event after the other: what any cluster must
/// come to.</summary>
public static class ClusterOracle
{
    private const int AtSwitch = 0;
    private const int Arrival = 1;
    private const int Act = 2;
    private const int Departure = 3;

    public static void Run(IReadOnlyList<NodeScript> nodes, ulong seed, ulong aheadPicoseconds)
    {
        PriorityQueue<FrameDeparture?, (ulong At, int Kind, ulong Sent, int Port, ulong Order)>
            queue = new();
        ulong[] free = new ulong[nodes.Count];
        ulong order = 0;
        foreach (int id in Enumerable.Range(0, nodes.Count))
        {
            queue.Enqueue(null, (0, Act, 0, id, order++));
        }

        while (queue.TryDequeue(
            out FrameDeparture? frame, out (ulong At, int Kind, ulong Sent, int Port, ulong) e))
        {
            switch (e.Kind)
            {
                case AtSwitch:
                    int to = frame!.Value.Frame.Span[0];
                    free[to] = Math.Max(free[to], e.At) + ScriptedNetwork.SerialPicoseconds;
                    queue.Enqueue(frame, (free[to] + aheadPicoseconds, Arrival, 0, to, order++));
                    break;
                case Arrival:
                    if (!nodes[e.Port].HasEnded)
                    {
                        nodes[e.Port].Arrive(e.At, frame!.Value.Frame);
                        queue.Enqueue(null, (e.At, Act, 0, e.Port, order++));
                    }

                    break;
                case Departure:
                    ulong latency = ScriptedNetwork.Latency(
                        seed, e.Port, frame!.Value.Frame.Span[0], frame.Value.Frame.Span);
                    queue.Enqueue(frame, (e.At + latency, AtSwitch, e.At, e.Port, order++));
                    break;
                default:
                    NodeScript node = nodes[e.Port];
                    if (node.NextAct == e.At)
                    {
                        node.Act(d => queue.Enqueue(
                            d, (d.Time.Picoseconds, Departure, 0, d.Port, order++)));
                        if (node.NextAct != ulong.MaxValue)
                        {
                            queue.Enqueue(null, (node.NextAct, Act, 0, e.Port, order++));
                        }
                    }

                    break;
            }
        }
    }
}
