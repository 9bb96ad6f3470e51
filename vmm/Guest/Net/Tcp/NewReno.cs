namespace Dilaton.Guest;

/// <summary>Congestion control: slow start, congestion avoidance, fast retransmit and recovery
/// (RFC 5681, RFC 6582), counted in bytes (RFC 3465), first window by RFC 6928.
/// <code>
///              third duplicate                     acknowledged beyond what was sent then
/// open ──────────────────────────> recovery ─────────────────────────────────────────────> open
///   │  expiry: one segment, slow start ^│ partial: the next hole is sent, window deflates
///   └───────────────────────────────────┘
/// </code></summary>
internal sealed class NewReno(int segmentBytes)
{
    public const int DuplicatesForLoss = 3;

    /// <summary>Segments of the first window.</summary>
    private const int FirstSegments = 10;

    /// <summary>Far above any window that can be offered.</summary>
    private const int WindowBytesMax = 1 << 30;

    private int _acknowledgedInRound;

    public int WindowBytes { get; private set; } =
        Math.Min(FirstSegments * segmentBytes, Math.Max(2 * segmentBytes, 14_600));

    public int ThresholdBytes { get; private set; } = WindowBytesMax;

    public bool IsRecovering { get; private set; }

    public bool IsInSlowStart => WindowBytes < ThresholdBytes;

    /// <summary>Something new was acknowledged, and nothing is being recovered.</summary>
    /// <param name="wasLimited">The window was full: only then it says that more would fit
    /// (RFC 7661 gives the reason).</param>
    public void Acknowledged(int bytes, bool wasLimited)
    {
        if (!wasLimited)
        {
            return;
        }

        if (IsInSlowStart)
        {
            WindowBytes = Math.Min(
                WindowBytes + Math.Min(bytes, 2 * segmentBytes), WindowBytesMax);
            return;
        }

        _acknowledgedInRound += bytes;
        if (_acknowledgedInRound >= WindowBytes)
        {
            _acknowledgedInRound -= WindowBytes;
            WindowBytes = Math.Min(WindowBytes + segmentBytes, WindowBytesMax);
        }
    }

    public void EnterRecovery(int inFlightBytes)
    {
        ThresholdBytes = Halve(inFlightBytes);
        WindowBytes = ThresholdBytes + (DuplicatesForLoss * segmentBytes);
        IsRecovering = true;
        _acknowledgedInRound = 0;
    }

    /// <summary>Another segment has left the network.</summary>
    public void DuplicateInRecovery() =>
        WindowBytes = Math.Min(WindowBytes + segmentBytes, WindowBytesMax);

    /// <summary>A partial acknowledgment: the next segment is lost too.</summary>
    public void PartiallyAcknowledged(int bytes)
    {
        WindowBytes = Math.Max(WindowBytes - bytes, 0);
        if (bytes >= segmentBytes || WindowBytes == 0)
        {
            WindowBytes += segmentBytes;
        }
    }

    public void LeaveRecovery(int inFlightBytes)
    {
        // The first of the two ways of RFC 6582, which sends no burst.
        WindowBytes = Math.Min(
            ThresholdBytes, Math.Max(inFlightBytes, segmentBytes) + segmentBytes);
        IsRecovering = false;
    }

    /// <param name="isFirst">The segment had not been sent again before: later expiries say
    /// nothing new about the network's capacity.</param>
    public void TimedOut(int inFlightBytes, bool isFirst)
    {
        if (isFirst)
        {
            ThresholdBytes = Halve(inFlightBytes);
        }

        WindowBytes = segmentBytes;
        IsRecovering = false;
        _acknowledgedInRound = 0;
    }

    /// <summary>Nothing was sent for a time-out: what was known is old (RFC 5681, section 4.1).
    /// </summary>
    public void Rested()
    {
        int first = Math.Min(FirstSegments * segmentBytes, Math.Max(2 * segmentBytes, 14_600));
        WindowBytes = Math.Min(WindowBytes, first);
    }

    private int Halve(int inFlightBytes) => Math.Max(inFlightBytes / 2, 2 * segmentBytes);
}
