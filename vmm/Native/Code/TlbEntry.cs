namespace Dilaton.Native;

/// <summary>A remembered page translation.</summary>
public struct TlbEntry
{
    /// <summary>Page number plus 1, or 0.</summary>
    public ulong Tag;

    /// <summary>From virtual to physical.</summary>
    public ulong Distance;
}
