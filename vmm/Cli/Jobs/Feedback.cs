using System.Globalization;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>When a peer's report comes back, written as "lockstep" or "pipelined 2".</summary>
/// <param name="Intervals">Interval ends later; 0: lockstep.</param>
internal readonly record struct Feedback(int Intervals)
{
    private const string Lockstep = "lockstep";
    private const string Pipelined = "pipelined";

    public static bool TryParse(string text, out Feedback value, out string? why)
    {
        value = default;
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int intervals = 0;
        bool ok = words is [Lockstep] || (words is [Pipelined, string count]
            && int.TryParse(
                count, NumberStyles.None, CultureInfo.InvariantCulture, out intervals)
            && intervals is >= 1 and <= NodeSessionOptions.FeedbackIntervalsMax);
        why = ok
            ? null
            : $"'{text}' is neither lockstep nor pipelined and a number from 1 to "
                + $"{NodeSessionOptions.FeedbackIntervalsMax}, such as pipelined 2";
        value = new Feedback(intervals);
        return ok;
    }

    public override string ToString() => Intervals == 0 ? Lockstep : $"{Pipelined} {Intervals}";
}
