namespace Dilaton.Guest;

/// <summary>A guest process: one address space and its threads.</summary>
internal sealed class GuestProcess(GuestKernel kernel, int id, string name, AddressSpace memory)
{
    /// <summary>Linux's default for a machine of a few GiB.</summary>
    public const int ThreadsMax = 32_768;

    private readonly List<GuestThread> _threads = [];

    public GuestKernel Kernel => kernel;

    public int Id => id;

    public string Name => name;

    public AddressSpace Memory => memory;

    /// <summary>Where its stack began, at argc.</summary>
    public ulong InitialStackPointer { get; init; }

    /// <summary>Living threads, oldest first.</summary>
    public IReadOnlyList<GuestThread> Threads => _threads;

    public ProcessSignals Signals { get; } = new();

    public ResourceLimits Limits { get; } = new();

    /// <summary>CPU time of threads that have ended.</summary>
    public Core.VirtualDuration EndedCpuTime { get; private set; }

    public CallLog Calls { get; } = new();

    public void Add(GuestThread thread) => _threads.Add(thread);

    public void Remove(GuestThread thread)
    {
        _threads.Remove(thread);
        EndedCpuTime += thread.CpuTime;
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
