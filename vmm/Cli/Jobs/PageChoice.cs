namespace Dilaton.Cli;

/// <summary>What becomes of a row of memory after an access.</summary>
internal enum PageChoice
{
    Open,
    Closed,
}
