using System.Diagnostics;

namespace Dilaton.Cli;

/// <summary>How long nothing was heard of the other end, in host time. More than a second at once is
/// a pause of this process, and nobody's silence.</summary>
internal sealed class Silence
{
    /// <summary>Who is silent for longer is gone.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(10);

    /// <summary>How often something is said if there is nothing to say.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_stepMost = TimeSpan.FromSeconds(1);

    private long _last = Stopwatch.GetTimestamp();
    private TimeSpan _silent;
    private TimeSpan _unsaid;

    public bool IsTooLong => _silent > Most;

    public void Hear() => _silent = TimeSpan.Zero;

    /// <returns>True: it is time to say something.</returns>
    public bool Step()
    {
        TimeSpan step = Stopwatch.GetElapsedTime(_last);
        _last = Stopwatch.GetTimestamp();
        step = step < s_stepMost ? step : s_stepMost;
        _silent += step;
        _unsaid += step;
        if (_unsaid < Beat)
        {
            return false;
        }

        _unsaid = TimeSpan.Zero;
        return true;
    }
}
