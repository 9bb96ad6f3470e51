namespace Dilaton.Cosim;

/// <summary>What a vCPU is about, for progress and reports.</summary>
public enum VcpuActivity
{
    Idle,

    /// <summary>Has a thread to load.</summary>
    Dispatching,

    Running,

    /// <summary>Stands at a sync point until it is the node's minimum.</summary>
    AtSyncPoint,

    /// <summary>In a loop that nothing but another vCPU or an event can end.</summary>
    Spinning,
}
