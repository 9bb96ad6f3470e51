namespace Dilaton.Time;

/// <summary>Decides when a node's vCPUs are looked at for spins: in rounds, so that vCPUs that spin
/// together are seen together; each round twice as late as the one before unless it paid. A matter
/// of host time only.</summary>
public sealed class SpinLookout
{
    private const ulong BackoffMax = 4_096;
    private const ulong HintWeight = 64;

    private ulong _backoff;
    private ulong _wait;

    /// <summary>Number of the round in progress.</summary>
    public ulong Round { get; private set; }

    /// <summary>A slice is to run; with a hint (equal registers at two pauses in a row) it counts
    /// as many.</summary>
    public void Tick(bool hasHint, int runnable)
    {
        _wait += hasHint ? HintWeight : 1;
        if (_wait > _backoff * (ulong)runnable)
        {
            _wait = 0;
            _backoff = Math.Min(Math.Max(1, _backoff * 2), BackoffMax);
            Round++;
        }
    }

    /// <summary>A skip was worth the look.</summary>
    public void Paid() => _backoff = 0;
}
