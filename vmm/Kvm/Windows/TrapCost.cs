namespace Dilaton.Kvm;

/// <summary>What the way out of the guest and back in costs the host when an instruction comes upon a
/// window, in nanoseconds of the thread's CPU time. The machine that is emulated has no such way, so it
/// is not charged to the guest: from each stretch of guest code that a window ended, the median of what
/// the way alone took of late is taken off.</summary>
public sealed class TrapCost
{
    private const int SamplesMax = 63;
    private const int SampledAtFirst = 32;
    private const int SampleInterval = 16;

    private readonly long[] _samples = new long[SamplesMax];
    private readonly long[] _sorted = new long[SamplesMax];
    private long _taken;
    private long _owed;

    /// <summary>Accesses that were trapped.</summary>
    public long Count { get; private set; }

    /// <summary>Of the last samples; 0 before the first.</summary>
    public long MedianNanoseconds { get; private set; }

    /// <summary>What half of the last samples lie within: between the quarter below and the quarter
    /// above.</summary>
    public long SpreadNanoseconds { get; private set; }

    /// <summary>What was measured of guest code that windows ended, without the way out and in.</summary>
    public long ChargedNanoseconds { get; private set; }

    /// <summary>The way alone is to be measured at this access.</summary>
    internal bool IsDue => Count <= SampledAtFirst || Count % SampleInterval == 0;

    internal void Sample(long nanoseconds)
    {
        _samples[_taken++ % SamplesMax] = nanoseconds;
        Span<long> sorted = _sorted.AsSpan(0, (int)Math.Min(_taken, SamplesMax));
        _samples.AsSpan(0, sorted.Length).CopyTo(sorted);
        sorted.Sort();
        MedianNanoseconds = sorted[sorted.Length / 2];
        SpreadNanoseconds = sorted[sorted.Length * 3 / 4] - sorted[sorted.Length / 4];
    }

    /// <summary>What to charge of a stretch: a nanosecond at least, so that no clock stands. Where it was
    /// shorter than the way usually is, the next ones make up for that, as far as one way.</summary>
    /// <param name="ran">From the entry to the exit of a window access.</param>
    internal long Charge(long ran)
    {
        Count++;
        long left = ran - MedianNanoseconds - _owed;
        long charged = Math.Max(1, left);
        _owed = Math.Clamp(charged - left, 0, MedianNanoseconds);
        ChargedNanoseconds += charged;
        return charged;
    }
}
