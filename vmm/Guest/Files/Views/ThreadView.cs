using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What <c>/proc/PID/task/TID</c> tells of a thread.</summary>
/// <param name="State">As in <c>/proc/PID/stat</c>: R or S.</param>
internal sealed record ThreadView(
    int Id,
    string Name,
    char State,
    VirtualDuration CpuTime,
    int LastVcpu,
    IReadOnlyList<int> AllowedVcpus);
