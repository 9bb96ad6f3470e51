using System.Globalization;
using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>Whether a line is one that a worker says. A guest that has got hold of its worker may write
/// anything there, and the front must not fall for it.</summary>
internal static class WorkerMessageCheck
{
    private const int SignalMax = 64;

    /// <returns>Null: no worker of ours says so.</returns>
    public static WorkerMessage? Read(string line)
    {
        try
        {
            WorkerMessage message = WorkerMessageJson.Read(line);
            return IsWhole(message) ? message : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException or OverflowException or IndexOutOfRangeException or ArgumentException)
        {
            return null;
        }
    }

    private static bool IsWhole(WorkerMessage message) =>
        HasItsParts(message)
        && message.Lines?.Contains(null!) != true
        && (message.Statistics ?? []).All(IsWhole)
        && (message.End is null || IsWhole(message.End))
        && double.IsFinite(message.CpuSeconds) && double.IsFinite(message.PeerWaitSeconds);

    private static bool HasItsParts(WorkerMessage message) => message.Kind switch
    {
        WorkerMessageKind.Ended => message.End is not null,
        WorkerMessageKind.Listening => message.Lines?.Count == 2,
        WorkerMessageKind.Tainted => message.Lines?.Count > 0,
        WorkerMessageKind.Stands => message.Stand is not null,
        _ => true,
    };

    private static bool IsWhole(WorkerEnd end) =>
        end.Reason is not null && end.EventLogHash is not null && end.ClockRung is not null
        && !end.UnsupportedSystemCalls.Contains(null!) && !end.Unanswered.Contains(null!)
        && NodeEndWords.IsKnown(end.Reason)
        && (end.Reason != NodeEndWords.GuestExited || end.Guest is not null)
        && (end.Guest is not { } guest || (guest.Message is not null && guest.Signal is >= 0 and <= SignalMax))
        && double.IsFinite(end.CpuSeconds);

    /// <summary>The mean of nothing is 0 / 0, and cycles by instruction of an engine that counts none are
    /// a number / 0: nan and inf.</summary>
    private static bool IsWhole(StatisticLine line) =>
        line.Name is not null && line.Unit is not null && line.Description is not null
        && UInt128.TryParse(line.Value, CultureInfo.InvariantCulture, out _)
        && UInt128.TryParse(line.Divisor, CultureInfo.InvariantCulture, out _);
}
