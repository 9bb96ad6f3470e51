namespace Dilaton.Cli;

/// <summary>How a plain read-modify-write is counted.</summary>
internal enum ModifyChoice
{
    LoadAndStore,
    Load,
}
