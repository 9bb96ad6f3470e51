namespace Dilaton.Kvm;

/// <summary>By how much slices that a timer ended were longer than their budget, in nanoseconds of the
/// thread's CPU time. It is charged to the guest as the rest is, so that no error adds up.</summary>
public sealed class SliceOvershoot
{
    public ulong Count { get; private set; }

    public long SumNanoseconds { get; private set; }

    public long MaxNanoseconds { get; private set; }

    internal void Add(long nanoseconds)
    {
        Count++;
        SumNanoseconds += nanoseconds;
        MaxNanoseconds = Math.Max(MaxNanoseconds, nanoseconds);
    }
}
