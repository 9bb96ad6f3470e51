using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Tests.Simulation;

/// <summary>Acts at fixed steps, takes every frame, and ends with its last act; with none to do it
/// waits for ever.</summary>
/// <param name="sends">Frames that each act but the last sends to node 1.</param>
public sealed class SteppingNode(int id, int acts, int sends) : IClusterNode
{
    public const ulong StepPicoseconds = 100;

    private ulong _next = acts > 0 ? 0 : ulong.MaxValue;
    private ulong _now;

    public int Id => id;

    public IReadOnlyList<int> Ports { get; } = [id];

    public int RoundCount { get; private set; }

    public int ActCount { get; private set; }

    public Action<int>? Acted { get; set; }

    public void Run(VirtualTime until, IReadOnlyList<FrameArrival> arrivals, NodeReport report)
    {
        RoundCount++;
        report.Departures.Clear();
        bool isOver = until == VirtualTime.MaxValue;
        while (_next < until.Picoseconds && !isOver)
        {
            _now = _next;
            _next += StepPicoseconds;
            ActCount++;
            Acted?.Invoke(ActCount);
            isOver = ActCount == acts;
            for (int i = 0; i < sends && !isOver; i++)
            {
                report.Departures.Add(
                    new FrameDeparture(new VirtualTime(_now), id, new byte[] { 1, 0 }));
            }
        }

        report.Now = new VirtualTime(_now);
        report.NextAct = new VirtualTime(_next);
        report.HasEnded = isOver;
    }
}
