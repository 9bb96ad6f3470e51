using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Tests.Simulation;

/// <summary>A node of the abstract model: a program of letters, each of which takes a time.
/// c: acts; s: sends to the next node; b: sends to itself; r: takes a frame, waits for it if need
/// be. Then it ends.</summary>
internal sealed class ExploredNode(int id, string program, int nodes, ulong[] durations)
    : IClusterNode
{
    private readonly Queue<ulong> _coming = new();
    private int _inbox;
    private int _at;
    private int _sent;
    private ulong _clock;
    private ulong _now;

    public int Id => id;

    public IReadOnlyList<int> Ports { get; } = [id];

    public List<string> Trace { get; } = [];

    public bool IsWaiting => _at < program.Length && program[_at] == 'r' && _inbox == 0;

    public bool HasEnded => _at > program.Length;

    public ulong NextAct => Math.Min(
        HasEnded ? ulong.MaxValue : NextLetter,
        HasEnded || !_coming.TryPeek(out ulong at) ? ulong.MaxValue : at);

    private ulong NextLetter => _at == program.Length
        ? _clock
        : IsWaiting ? ulong.MaxValue : Math.Max(_now, _clock + durations[_at]);

    public void Arrive(ulong at)
    {
        Invariant.Require(at >= _now, "a frame comes into the past");
        Invariant.Require(_coming.Count == 0 || at >= _coming.Last(), "frames are out of order");
        _coming.Enqueue(at);
    }

    public void Run(VirtualTime until, IReadOnlyList<FrameArrival> arrivals, NodeReport report)
    {
        report.Departures.Clear();
        foreach (FrameArrival arrival in arrivals)
        {
            Arrive(arrival.Time.Picoseconds);
        }

        while (NextAct < until.Picoseconds)
        {
            Act(report.Departures);
        }

        report.Now = new VirtualTime(_now);
        report.NextAct = new VirtualTime(NextAct);
        report.HasEnded = HasEnded || until == VirtualTime.MaxValue;
    }

    private void Act(List<FrameDeparture> departures)
    {
        _now = NextAct;
        if (_coming.TryPeek(out ulong at) && at == _now)
        {
            _coming.Dequeue();
            _inbox++;
            Trace.Add($"{_now} frame");
            return;
        }

        _clock = _now;
        char letter = _at < program.Length ? program[_at] : 'E';
        _at++;
        _inbox -= letter == 'r' ? 1 : 0;
        Trace.Add($"{_now} {letter}");
        if (letter is 's' or 'b')
        {
            byte to = (byte)(letter == 'b' ? id : (id + 1) % nodes);
            departures.Add(new FrameDeparture(
                new VirtualTime(_now), id, new[] { to, (byte)id, (byte)_sent++ }));
        }
    }
}
