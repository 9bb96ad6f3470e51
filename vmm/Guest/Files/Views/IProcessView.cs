using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What <c>/proc/PID</c> tells of a process.</summary>
internal interface IProcessView
{
    int Id { get; }

    int ParentId { get; }

    int GroupId { get; }

    int SessionId { get; }

    /// <summary>The terminal of its session; null: none.</summary>
    TerminalLine? Terminal { get; }

    /// <summary>Nobody has waited for it yet: a zombie.</summary>
    bool HasEnded { get; }

    string Name { get; }

    /// <summary>Guest path of its program.</summary>
    string ExecutablePath { get; }

    /// <summary>argv, each with its NUL.</summary>
    ReadOnlyMemory<byte> CommandLine { get; }

    /// <summary>envp, each with its NUL.</summary>
    ReadOnlyMemory<byte> Environment { get; }

    /// <summary>The auxiliary vector as it stands on the stack.</summary>
    ReadOnlyMemory<byte> AuxiliaryVector { get; }

    VirtualTime StartTime { get; }

    VirtualDuration CpuTime { get; }

    ProcessMemoryFigures Memory { get; }

    /// <summary>Living threads, the first one first.</summary>
    IReadOnlyList<ThreadView> Threads { get; }

    /// <summary>Soft and hard limit of a resource, <c>RLIM_INFINITY</c> for none.</summary>
    (ulong Soft, ulong Hard) GetLimit(int resource);

    /// <summary>The text of <c>/proc/PID/maps</c>.</summary>
    string GetMaps();
}
