namespace Dilaton.Models.Network;

/// <summary>How closely a route's address fits a frame's; the closest last.</summary>
public enum MatchClass
{
    None,
    Not,
    Any,
    Direct,
}
