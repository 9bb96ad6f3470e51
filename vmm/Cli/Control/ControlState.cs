namespace Dilaton.Cli;

/// <summary>What a job does, as far as its operator is concerned.
/// <code>
/// Runs ── pause, set-tdf ──> Halts ── all stand ──> Stands ── set-tdf ──> Changes
///   ^                                                 │ ^                    │
///   └──────────────────── resume ─────────────────────┘ └─── all know it ────┘
/// </code></summary>
internal enum ControlState
{
    Runs,

    /// <summary>Nodes come to a stand.</summary>
    Halts,

    /// <summary>Virtual time stands.</summary>
    Stands,

    /// <summary>It stands, and nodes are told their rates.</summary>
    Changes,
}
