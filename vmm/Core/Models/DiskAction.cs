namespace Dilaton.Core;

/// <summary>What a disk is asked for.</summary>
public enum DiskAction
{
    Read,
    Write,

    /// <summary>All that was asked before is to be on the medium.</summary>
    Flush,
}
