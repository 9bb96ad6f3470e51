namespace Dilaton.Cli;

/// <summary>Whether a peer's messages may go through shared memory.</summary>
internal enum RingChoice
{
    Auto,
    Off,
}
