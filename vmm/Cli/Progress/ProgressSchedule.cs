namespace Dilaton.Cli;

/// <summary>When a plain line of progress is due: after 1, 2, 5, 10, 30, 60 seconds of host time,
/// then each minute.</summary>
internal sealed class ProgressSchedule
{
    private static readonly double[] s_first = [1, 2, 5, 10, 30, 60];
    private int _next;

    private double DueSeconds => _next < s_first.Length
        ? s_first[_next]
        : 60.0 * (_next - s_first.Length + 2);

    /// <summary>True at most once for each moment of the schedule; moments that were missed are
    /// skipped.</summary>
    public bool IsDue(double seconds)
    {
        bool due = seconds >= DueSeconds;
        while (seconds >= DueSeconds)
        {
            _next++;
        }

        return due;
    }
}
