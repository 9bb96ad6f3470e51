using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A guest process: its program, its memory and its threads.
/// <code>
///   fork, vfork --> living -- last thread or exit_group, or a signal --> ended -- wait --> gone
///                    |  ^
///                    exec
/// </code></summary>
internal sealed class GuestProcess
{
    /// <summary>Linux's default for a machine of a few GiB.</summary>
    public const int ThreadsMax = 32_768;

    private readonly List<GuestThread> _threads = [];

    public GuestProcess(
        GuestKernel kernel, int id, ProgramStart start, AddressSpace memory, IFileOpener files)
    {
        (Kernel, Id, Start, Memory, Files) = (kernel, id, start, memory, files);
        (GroupId, SessionId) = (id, id);
        Timers = new ProcessTimers(this);
    }

    public GuestKernel Kernel { get; }

    public int Id { get; }

    /// <summary>Its program, and what that was started with.</summary>
    public ProgramStart Start { get; private set; }

    public string Name => Start.Name;

    public AddressSpace Memory { get; private set; }

    /// <summary>Its files, for mappings, symbols and programs to start.</summary>
    public IFileOpener Files { get; }

    /// <summary>As it was when its program started.</summary>
    public required byte[] AuxiliaryVector { get; set; }

    public VirtualTime StartTime { get; init; }

    /// <summary>1 once the parent has ended.</summary>
    public int ParentId { get; set; } = GuestIdentity.ParentProcessId;

    public int GroupId { get; set; }

    public int SessionId { get; set; }

    /// <summary>The terminal that controls its session, for as long as it has not left it.</summary>
    public TerminalLine? Terminal { get; set; }

    /// <summary>Of a leader whose terminal is gone: the group that was in the foreground; 0: none.
    /// </summary>
    public int HungUpGroup { get; set; }

    /// <summary>What its parent is sent when it ends; 0 is nothing.</summary>
    public int ExitSignal { get; init; }

    /// <summary>It has started a program of its own: its parent no longer moves it between groups.
    /// </summary>
    public bool HasExecuted { get; private set; }

    /// <summary>Once it has ended: what wait tells of it.</summary>
    public ProcessEnd? End { get; set; }

    /// <summary>Tells pidfds that it has ended, and then that its parent has waited for it.
    /// </summary>
    public ReadySource Ended { get; } = new();

    /// <summary>Its parent has waited for it, or will not.</summary>
    public bool IsReaped { get; set; }

    /// <summary>Job control: none of its threads runs until it is continued.</summary>
    public bool IsStopped { get; set; }

    /// <summary>That it stopped or went on, which its parent has not waited for yet.</summary>
    public ChildReport? Unreported { get; set; }

    /// <summary>Its threads that wait for children.</summary>
    public WaitQueue ChildEnded { get; } = new();

    /// <summary>Its parent's thread that waits until it has memory of its own, or has ended.
    /// </summary>
    public WaitQueue MemoryReturned { get; } = new();

    /// <summary>It runs in its parent's memory, and its parent waits for that (vfork).</summary>
    public bool BorrowsMemory { get; set; }

    /// <summary>Living threads, oldest first.</summary>
    public IReadOnlyList<GuestThread> Threads => _threads;

    public ProcessSignals Signals { get; init; } = new();

    public ProcessTimers Timers { get; }

    public ResourceLimits Limits { get; init; } = new();

    public ProcessTraits Traits { get; init; } = new();

    /// <summary>CPU time of threads that have ended.</summary>
    public VirtualDuration EndedCpuTime { get; private set; }

    /// <summary>CPU time of children that it has waited for, and of theirs.</summary>
    public VirtualDuration ChildrenCpuTime { get; set; }

    public CallLog Calls { get; } = new();

    public void Add(GuestThread thread) => _threads.Add(thread);

    public void Remove(GuestThread thread)
    {
        _threads.Remove(thread);
        EndedCpuTime += thread.CpuTime;
    }

    /// <summary>CPU time of all its threads, dead or alive.</summary>
    public VirtualDuration CpuTimeAt(VirtualTime now)
    {
        VirtualDuration sum = EndedCpuTime;
        foreach (GuestThread thread in _threads)
        {
            sum += thread.CpuTimeAt(now);
        }

        return sum;
    }

    /// <summary>exec: from now on it is another program.</summary>
    public void Become(ProgramStart start, AddressSpace memory, byte[] auxiliaryVector)
    {
        Start = start;
        Memory = memory;
        AuxiliaryVector = auxiliaryVector;
        HasExecuted = true;
        Signals.ForgetHandlers();
        Timers.DeleteAll();
    }

    public GuestThread? Find(int threadId)
    {
        foreach (GuestThread thread in _threads)
        {
            if (thread.Id == threadId)
            {
                return thread;
            }
        }

        return null;
    }
}
