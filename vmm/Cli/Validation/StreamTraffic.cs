using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>The memory traffic of STREAM's triad, a[i] = b[i] + s c[i], by cores that each work on a
/// part of the arrays and keep so many reads on their way: per three lines one read of each array (a's
/// to own it), and the write-back of a line of a that was written a cache ago. Made here and not by a
/// program, so that the memory alone is measured.</summary>
internal sealed class StreamTraffic(ITimingModel memory, int cores, int readsInFlight)
{
    public const ulong LineBytes = 64;

    private const ulong ArrayBytes = 80_000_000; // 10 million doubles, STREAM's own size
    private const ulong LinesInCache = 512;
    private const ulong IssuePicoseconds = 250;

    private readonly PriorityQueue<int, (ulong At, int Core)> _turns = new();
    private readonly PriorityQueue<ulong, ulong>[] _onTheirWay = new PriorityQueue<ulong, ulong>[cores];
    private readonly ulong[] _steps = new ulong[cores];
    private ulong _end;
    private uint _sequence;

    /// <summary>Lines moved and picoseconds from the first request to the last answer.</summary>
    public (ulong Lines, ulong Picoseconds) Run(ulong requests)
    {
        for (int core = 0; core < cores; core++)
        {
            _onTheirWay[core] = new PriorityQueue<ulong, ulong>();
            _turns.Enqueue(core, ((ulong)core, core));
        }

        ulong lines = 0;
        while (lines < requests && _turns.TryDequeue(out int core, out (ulong At, int Core) turn))
        {
            lines += Step(core, turn.At);
        }

        return (lines, _end);
    }

    /// <summary>The next read of a core, and the write-back that goes with it.</summary>
    private ulong Step(int core, ulong at)
    {
        ulong step = _steps[core]++;
        (ulong line, int array) = ((step / 3) + ((ulong)core * (ArrayBytes / LineBytes / (ulong)cores)),
            (int)(step % 3));
        MemoryEventKind kind = array == 2 ? MemoryEventKind.Store : MemoryEventKind.Load;
        ulong answer = at + Serve(at, core, Address(array, line), kind);
        _end = Math.Max(_end, answer);
        PriorityQueue<ulong, ulong> onTheirWay = _onTheirWay[core];
        onTheirWay.Enqueue(answer, answer);
        ulong moved = 1;
        if (array == 2 && step / 3 >= LinesInCache)
        {
            Serve(at, core, Address(2, line - LinesInCache), MemoryEventKind.Writeback);
            moved++;
        }

        ulong next = at + IssuePicoseconds;
        if (onTheirWay.Count == readsInFlight)
        {
            next = Math.Max(next, onTheirWay.Dequeue());
        }

        _turns.Enqueue(core, (next, core));
        return moved;
    }

    private static ulong Address(int array, ulong line) =>
        ((ulong)array * ArrayBytes) + (line * LineBytes);

    private ulong Serve(ulong at, int core, ulong line, MemoryEventKind kind)
    {
        Span<VirtualDuration> latency = stackalloc VirtualDuration[1];
        MemoryRequest request = new(new VirtualTime(at), new VcpuId(core), _sequence++, line, kind);
        memory.Weave([request], latency);
        return latency[0].Picoseconds;
    }
}
