using System.Collections.Concurrent;

namespace Dilaton.Cli;

/// <summary>A host of the job as the front knows it. All but what the constructor sets belongs to
/// the group's lock.</summary>
/// <param name="index">In the job.</param>
/// <param name="address">In numbers.</param>
internal sealed class HostLine(HostJob job, int index, string address)
{
    public HostJob Job { get; } = job;

    public int Index { get; } = index;

    public string Address { get; } = address;

    /// <summary>What was started here for it; null: the operator starts it.</summary>
    public PeerProcess? Launcher { get; set; }

    /// <summary>Null: it has not come.</summary>
    public HostHello? Hello { get; set; }

    /// <summary>It has told which files are not the same there; null: not yet.</summary>
    public string? Differences { get; set; }

    /// <summary>Why it takes part no longer; null: it does.</summary>
    public string? Loss { get; set; }

    public Silence Silence { get; } = new();

    /// <summary>Has a lock of its own, as the peers.</summary>
    public ConcurrentDictionary<string, RemoteWorker> Workers { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, RemotePeer> Peers { get; } = new(StringComparer.Ordinal);
}
