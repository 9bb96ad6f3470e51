using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>The retransmission time-out (RFC 6298), in whole picoseconds: the clock is exact, so
/// its granularity G is nothing. The minimum is Linux's 200 ms, not the RFC's second.</summary>
internal sealed class RttEstimator
{
    private const int BackoffMax = 16;

    private ulong _smoothed;
    private ulong _variation;
    private int _backoff;

    public static VirtualDuration Initial => VirtualDuration.FromSeconds(1);

    public static VirtualDuration Min => VirtualDuration.FromMilliseconds(200);

    public static VirtualDuration Max => VirtualDuration.FromSeconds(120);

    public bool HasSample { get; private set; }

    public VirtualDuration Smoothed => new(_smoothed);

    public VirtualDuration Variation => new(_variation);

    /// <summary>Expiries since the last acknowledgment of something new.</summary>
    public int Backoff => _backoff;

    /// <summary>Doubled for each expiry in a row.</summary>
    public VirtualDuration Timeout
    {
        get
        {
            ulong plain = HasSample
                ? Math.Max(_smoothed + (4 * _variation), Min.Picoseconds)
                : Initial.Picoseconds;
            return new VirtualDuration(
                Math.Min(Math.Min(plain, Max.Picoseconds) << _backoff, Max.Picoseconds));
        }
    }

    /// <summary>Of a segment that was sent once only (Karn's algorithm).</summary>
    public void AddSample(VirtualDuration roundTrip)
    {
        ulong sample = Math.Min(roundTrip.Picoseconds, Max.Picoseconds);
        if (!HasSample)
        {
            (_smoothed, _variation, HasSample) = (sample, sample / 2, true);
            return;
        }

        ulong error = sample > _smoothed ? sample - _smoothed : _smoothed - sample;
        _variation = ((3 * _variation) + error) / 4;
        _smoothed = ((7 * _smoothed) + sample) / 8;
    }

    public void Expired() => _backoff = Math.Min(_backoff + 1, BackoffMax);

    public void Acknowledged() => _backoff = 0;
}
