using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>What the front knows of a node's run, as it came in.</summary>
internal sealed class NodeRecord
{
    public required NodeJob Node { get; init; }

    public required int WorkerId { get; init; }

    public ulong TimePs { get; set; }

    public ulong Instructions { get; set; }

    /// <summary>Host time for which the worker has waited for its peers.</summary>
    public double PeerWaitSeconds { get; private set; }

    /// <summary>Guest state as last told.</summary>
    public IReadOnlyList<string> State { get; set; } = [];

    /// <summary>As last told; whole if <see cref="End"/> is set.</summary>
    public IReadOnlyList<Statistic> Statistics { get; set; } = [];

    /// <summary>Statistics that the guest asked for at marks, in order.</summary>
    public List<StatisticsDump> Dumps { get; } = [];

    /// <summary>What it did when, once it told; empty if its worker was lost.</summary>
    public IReadOnlyList<TimelineSample> Timeline { get; set; } = [];

    public WorkerEnd? End { get; set; }

    /// <summary>Why the guest was refused, or a defect's text; empty if neither.</summary>
    public IReadOnlyList<string> Trouble { get; set; } = [];

    /// <summary>Its first instruction was reached.</summary>
    public bool HasStarted { get; private set; }

    public bool IsRefused { get; set; }

    public bool HasFailed { get; set; }

    /// <summary>A peer ended the run; <see cref="Trouble"/> says which and how.</summary>
    public bool HasPeerFailed { get; set; }

    /// <summary>A guest of the worker has stored where it had no business: what all its nodes show may
    /// be wrong. Null if none has.</summary>
    public string? Taint { get; set; }

    /// <summary>How its worker hung, and so was ended; null if it did not.</summary>
    public string? Hang { get; set; }

    /// <summary>How its host was lost; null if it was not.</summary>
    public string? Loss { get; set; }

    /// <summary>Its worker said what no worker says, and was ended for it.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Of the worker; 128 + signal if one killed it.</summary>
    public int WorkerExitCode { get; set; }

    /// <summary>The worker is gone.</summary>
    public bool IsOver { get; set; }

    /// <summary>It told its end, or will never tell one.</summary>
    public bool HasFinished => End is not null || IsRefused || HasFailed || HasPeerFailed || IsOver;

    /// <summary>Host time from the run's start to the worker's end.</summary>
    public double WallSeconds { get; set; }

    public void Take(WorkerMessage message)
    {
        TimePs = Math.Max(TimePs, message.TimePs);
        Instructions = Math.Max(Instructions, message.Instructions);
        PeerWaitSeconds = Math.Max(PeerWaitSeconds, message.PeerWaitSeconds);
        Timeline = message.Timeline ?? Timeline;
        switch (message.Kind)
        {
            case WorkerMessageKind.Started:
                HasStarted = true;
                return;
            case WorkerMessageKind.Refused:
                IsRefused = true;
                Trouble = message.Lines ?? [];
                return;
            case WorkerMessageKind.Failed:
                // A node that had ended before has its results.
                HasFailed = End is null;
                Trouble = HasFailed ? message.Lines ?? [] : Trouble;
                return;
            case WorkerMessageKind.PeerFailed:
                HasPeerFailed = true;
                Trouble = message.Lines ?? [];
                Statistics = message.Statistics is null ? Statistics : Read(message);
                return;
            case WorkerMessageKind.Dump:
                Dumps.Add(new StatisticsDump(message.TimePs, Read(message)));
                return;
            case WorkerMessageKind.Ended:
                End = message.End;
                break;
            default:
                break;
        }

        State = message.Lines ?? State;
        if (message.Statistics is not null)
        {
            Statistics = Read(message);
        }
    }

    private static List<Statistic> Read(WorkerMessage message) =>
        [.. (message.Statistics ?? []).Select(line => line.ToStatistic())];
}
