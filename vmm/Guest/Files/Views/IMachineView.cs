using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What <c>/proc</c> tells of the running node; the node kernel knows it.</summary>
internal interface IMachineView
{
    /// <summary>Living processes in order.</summary>
    IReadOnlyList<int> ProcessIds { get; }

    /// <summary>Memory in use, of the machine's.</summary>
    ulong UsedMemoryBytes { get; }

    /// <summary>The highest process or thread id given so far.</summary>
    int LastId { get; }

    IProcessView? Find(int processId);

    /// <summary>CPU time of the living threads that ran on the vCPU last.</summary>
    VirtualDuration GetBusyTime(int vcpu);

    /// <summary>Some process shares the file's pages and may write to them.</summary>
    bool IsMappedForWriting(ulong device, ulong inode);
}
