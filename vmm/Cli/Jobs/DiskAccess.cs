namespace Dilaton.Cli;

/// <summary>What a system guest may do with a disk.</summary>
internal enum DiskAccess
{
    /// <summary>Read and write; what it writes goes to a file of the result folder.</summary>
    Overlay,
    Read,
}
