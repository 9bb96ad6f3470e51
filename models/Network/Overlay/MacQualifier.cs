namespace Dilaton.Models.Network;

/// <summary>How a route's address is compared with a frame's.</summary>
public enum MacQualifier
{
    Exact,
    Any,

    /// <summary>Every address but this one.</summary>
    Not,

    /// <summary>No address: such a route is kept, and never taken.</summary>
    None,
}
