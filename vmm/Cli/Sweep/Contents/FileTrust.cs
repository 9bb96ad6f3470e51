namespace Dilaton.Cli;

/// <summary>When a file counts as what sweep.json says of it, without being read again.</summary>
internal enum FileTrust
{
    /// <summary>Never.</summary>
    None,

    /// <summary>If size and time of change are still the same.</summary>
    Unchanged,

    /// <summary>Always: what was planned is asked for, not what would be now.</summary>
    Recorded,
}
