namespace Dilaton.Cli;

/// <summary>How the nodes of a job are joined.</summary>
internal enum NetworkKind
{
    Star,
    PointToPoint,
    Ring,
    Torus,
    FatTree,
    Dragonfly,
    LogGp,
    Peer,
    Overlay,
}
