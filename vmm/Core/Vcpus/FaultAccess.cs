namespace Dilaton.Core;

/// <summary>What a page fault was trying to do.</summary>
public enum FaultAccess
{
    Read,
    Write,
    Execute,
}
