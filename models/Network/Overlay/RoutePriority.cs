namespace Dilaton.Models.Network;

/// <summary>Which of the routes that match a frame are taken: all of the highest priority. The table
/// is that of VNET in Palacios (vnet/vnet_core.c): L. Xia et al., VNET/P, HPDC 2012.
/// <code>
///   source \ destination   not   any   direct
///   not                     3     5      7
///   any                     5     6      6
///   direct                  7     8      8
/// </code></summary>
public static class RoutePriority
{
    /// <summary>The route is not taken.</summary>
    public const int NoMatch = 0;

    public static int Of(MatchClass source, MatchClass destination) => (source, destination) switch
    {
        (MatchClass.None, _) or (_, MatchClass.None) => NoMatch,
        (MatchClass.Not, MatchClass.Not) => 3,
        (MatchClass.Not, MatchClass.Any) or (MatchClass.Any, MatchClass.Not) => 5,
        (MatchClass.Any, _) => 6,
        (MatchClass.Not, MatchClass.Direct) or (MatchClass.Direct, MatchClass.Not) => 7,
        _ => 8,
    };
}
