namespace Dilaton.Guest;

/// <summary>A guest process: one address space and its threads.</summary>
internal sealed class GuestProcess
{
    /// <summary>Linux's default for a machine of a few GiB.</summary>
    public const int ThreadsMax = 32_768;

    private readonly List<GuestThread> _threads = [];

    public GuestProcess(GuestKernel kernel, int id, string name, AddressSpace memory)
    {
        (Kernel, Id, Name, Memory) = (kernel, id, name, memory);
        Timers = new ProcessTimers(this);
    }

    public GuestKernel Kernel { get; }

    public int Id { get; }

    public string Name { get; }

    public AddressSpace Memory { get; }

    /// <summary>Where its stack began, at argc.</summary>
    public ulong InitialStackPointer { get; init; }

    /// <summary>Living threads, oldest first.</summary>
    public IReadOnlyList<GuestThread> Threads => _threads;

    public ProcessSignals Signals { get; } = new();

    public ProcessTimers Timers { get; }

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

    /// <summary>CPU time of all its threads, dead or alive.</summary>
    public Core.VirtualDuration CpuTimeAt(Core.VirtualTime now)
    {
        Core.VirtualDuration sum = EndedCpuTime;
        foreach (GuestThread thread in _threads)
        {
            sum += thread.CpuTimeAt(now);
        }

        return sum;
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
