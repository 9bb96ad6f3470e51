using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What <c>/proc</c> tells of the running node; the node kernel knows it.</summary>
internal interface IMachineView
{
    /// <summary>Living processes in order.</summary>
    IReadOnlyList<int> ProcessIds { get; }

    /// <summary>Memory in use, of the machine's.</summary>
    ulong UsedMemoryBytes { get; }

    /// <summary>How many processes and threads the node has made so far.</summary>
    ulong CreatedCount { get; }

    IProcessView? Find(int processId);

    /// <summary>How long the vCPU has run guest threads.</summary>
    VirtualDuration GetBusyTime(int vcpu);
}
