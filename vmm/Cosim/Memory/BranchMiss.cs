using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>A branch of a slice that was mispredicted.</summary>
internal struct BranchMiss
{
    public uint OffsetUnits;

    /// <summary>As <see cref="Core.BranchEvent.Distance"/>.</summary>
    public uint Distance;

    /// <summary>The miss that its flags wait for, as <see cref="IssueMiss.Producer"/>.</summary>
    public ulong Producer;

    /// <summary>As <see cref="BranchEvent.LoadsTarget"/>.</summary>
    public bool LoadsTarget;

    /// <summary>As <see cref="IssueMiss.Origin"/>.</summary>
    public int Origin;
}
