namespace Dilaton.Cli;

/// <summary>What lies behind a window.</summary>
internal enum WindowKind
{
    Device,
    Memory,
}
