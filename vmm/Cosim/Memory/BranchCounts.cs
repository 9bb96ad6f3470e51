namespace Dilaton.Cosim;

/// <summary>A vCPU's branches that were predicted, and those that were predicted wrong.</summary>
internal struct BranchCounts
{
    public ulong Branches;
    public ulong Mispredictions;

    /// <summary>Of both, indirect jumps and calls.</summary>
    public ulong Indirect;
    public ulong IndirectMispredictions;
    public ulong Returns;
    public ulong ReturnMispredictions;
}
