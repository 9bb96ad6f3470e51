namespace Dilaton.Cli;

/// <summary>What a guest may do with the files of a grant.</summary>
internal enum GrantAccess
{
    Read,
    Write,
}
