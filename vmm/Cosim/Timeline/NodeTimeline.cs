using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>What a node did when, in a bounded number of bins of virtual time: once all are in use,
/// each two become one, twice as wide. Sums stay exact, and what is kept does not depend on when that
/// happens.
/// <code>
///   |a|b|c|d|e|f|g|h|   full   ──>   |a+b|c+d|e+f|g+h|   |   |   |   |
/// </code></summary>
internal sealed class NodeTimeline
{
    /// <summary>Width of a bin at first, in picoseconds.</summary>
    public const ulong FirstWidth = 100_000;

    private readonly int _binsMax;
    private readonly Bin[] _bins;
    private int _count;
    private ulong _end;

    /// <param name="binsMax">Even.</param>
    public NodeTimeline(int binsMax)
    {
        Invariant.Require(binsMax >= 2 && binsMax % 2 == 0);
        _binsMax = binsMax;
        _bins = new Bin[binsMax];
    }

    /// <summary>Of a bin, in picoseconds: <see cref="FirstWidth"/> times a power of two.</summary>
    public ulong Width { get; private set; } = FirstWidth;

    /// <summary>End of the bin that a time falls into.</summary>
    public VirtualTime EndOfBin(VirtualTime time)
    {
        ulong left = Width - (time.Picoseconds % Width);
        return new VirtualTime(time.Picoseconds > ulong.MaxValue - left
            ? ulong.MaxValue
            : time.Picoseconds + left);
    }

    /// <summary>Spreads what a vCPU did evenly over a piece of time that is as long.</summary>
    public void Add(VirtualTime from, TimelineAmounts amounts)
    {
        ulong at = from.Picoseconds;
        ulong left = amounts.Total;
        if (left > 0)
        {
            BinAt(checked(at + left - 1));
        }

        while (left > 0)
        {
            ulong length = Math.Min(left, Width - (at % Width));
            _bins[at / Width].Add(amounts.TakeFirst(length));
            at += length;
            left -= length;
            _end = Math.Max(_end, at);
        }

        if (amounts.Instructions > 0)
        {
            // Of less than a picosecond.
            At(from).Amounts.Instructions += amounts.Instructions;
        }
    }

    public void AddRequests(VirtualTime time, ulong count) => At(time).Requests += count;

    public void AddPagesWritten(VirtualTime time, ulong count) => At(time).PagesWritten += count;

    public void AddFrame(VirtualTime time, bool isArrival)
    {
        ref Bin bin = ref At(time);
        bin.Received += isArrival ? 1UL : 0;
        bin.Sent += isArrival ? 0UL : 1;
    }

    /// <summary>All bins up to the last in which anything was; the last ends where the last clock
    /// did.</summary>
    public IReadOnlyList<TimelineSample> Samples()
    {
        var samples = new TimelineSample[_count];
        for (int i = 0; i < _count; i++)
        {
            ref readonly Bin bin = ref _bins[i];
            ulong begin = (ulong)i * Width;
            ulong end = _end > begin && _end - begin < Width ? _end : begin + Width;
            samples[i] = new TimelineSample(
                begin,
                end,
                bin.Amounts.Executed,
                bin.Amounts.Stall,
                bin.Amounts.Kernel,
                bin.Amounts.Waiting,
                bin.Amounts.Instructions,
                bin.Requests,
                bin.Sent,
                bin.Received,
                bin.PagesWritten);
        }

        return samples;
    }

    private ref Bin At(VirtualTime time) => ref BinAt(time.Picoseconds);

    private ref Bin BinAt(ulong time)
    {
        while (time / Width >= (ulong)_binsMax)
        {
            Halve();
        }

        int index = (int)(time / Width);
        _count = Math.Max(_count, index + 1);
        return ref _bins[index];
    }

    private void Halve()
    {
        int half = (_count + 1) / 2;
        for (int i = 0; i < half; i++)
        {
            Bin bin = _bins[2 * i];
            if ((2 * i) + 1 < _count)
            {
                bin.Add(_bins[(2 * i) + 1]);
            }

            _bins[i] = bin;
        }

        Array.Clear(_bins, half, _bins.Length - half);
        _count = half;
        Width = checked(Width * 2);
    }

    private struct Bin
    {
        public TimelineAmounts Amounts;
        public ulong Requests;
        public ulong Sent;
        public ulong Received;
        public ulong PagesWritten;

        public void Add(in TimelineAmounts amounts)
        {
            Amounts.Executed += amounts.Executed;
            Amounts.Stall += amounts.Stall;
            Amounts.Kernel += amounts.Kernel;
            Amounts.Waiting += amounts.Waiting;
            Amounts.Instructions += amounts.Instructions;
        }

        public void Add(in Bin other)
        {
            Add(other.Amounts);
            Requests += other.Requests;
            Sent += other.Sent;
            Received += other.Received;
            PagesWritten += other.PagesWritten;
        }
    }
}
