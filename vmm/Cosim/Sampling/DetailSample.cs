namespace Dilaton.Cosim;

/// <summary>A window in progress of one vCPU.</summary>
internal sealed class DetailSample(int counterCount)
{
    public ulong[] Counters { get; } = new ulong[counterCount];

    /// <summary>Lines since the warm-up began.</summary>
    public HashSet<ulong> Seen { get; } = [];

    public void Clear()
    {
        Array.Clear(Counters);
        Seen.Clear();
    }
}
