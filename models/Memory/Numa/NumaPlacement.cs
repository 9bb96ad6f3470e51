namespace Dilaton.Models.Memory;

/// <summary>Which memory node a page lies in.</summary>
public enum NumaPlacement
{
    /// <summary>That of the core whose request for it came first; if it is full, the nearest that is
    /// not.</summary>
    FirstTouch,

    /// <summary>Consecutive pages go round the nodes.</summary>
    Interleaved,
}
