namespace Dilaton.Cli;

/// <summary>What a peer is started as.</summary>
internal enum PeerKind
{
    Command,
    Sst,
    Gem5,
    Manual,
    Replay,
}
