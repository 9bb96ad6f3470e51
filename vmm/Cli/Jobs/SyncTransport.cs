namespace Dilaton.Cli;

/// <summary>What carries grants and frames between the front and its workers.</summary>
internal enum SyncTransport
{
    Ring,
    Ipc,
    Tcp,
}
