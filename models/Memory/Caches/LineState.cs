namespace Dilaton.Models.Memory;

/// <summary>MESI state of a line in one vCPU's caches.</summary>
public enum LineState
{
    Invalid,
    Shared,
    Exclusive,
    Modified,
}
