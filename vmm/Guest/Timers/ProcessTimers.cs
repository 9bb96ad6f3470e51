namespace Dilaton.Guest;

/// <summary>The timers of a process.</summary>
internal sealed class ProcessTimers
{
    public const int IntervalTimers = 3;

    private readonly SortedDictionary<int, PosixTimer> _posix = [];
    private readonly IntervalTimer[] _interval;
    private int _nextId;

    public ProcessTimers(GuestProcess process)
    {
        const int Cpu = GuestClocks.CLOCK_PROCESS_CPUTIME_ID;
        _interval =
        [
            new IntervalTimer(
                process,
                TimerClock.Wall(process, GuestClocks.CLOCK_MONOTONIC),
                Signal.SIGALRM),
            new IntervalTimer(process, TimerClock.Cpu(process, Cpu, null), Signal.SIGVTALRM),
            new IntervalTimer(process, TimerClock.Cpu(process, Cpu, null), Signal.SIGPROF),
        ];
    }

    public int Count => _posix.Count;

    /// <summary>ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF.</summary>
    public IntervalTimer Interval(int which) => _interval[which];

    public PosixTimer? Find(int id) => _posix.GetValueOrDefault(id);

    public int TakeId() => _nextId++;

    public void Add(PosixTimer timer) => _posix.Add(timer.Id, timer);

    public void Delete(PosixTimer timer)
    {
        timer.Delete();
        _posix.Remove(timer.Id);
    }

    /// <summary>exec: timers of timer_create are gone.</summary>
    public void DeleteAll()
    {
        foreach (PosixTimer timer in _posix.Values)
        {
            timer.Delete();
        }

        _posix.Clear();
    }

    /// <summary>The process has ended.</summary>
    public void End()
    {
        DeleteAll();
        foreach (IntervalTimer timer in _interval)
        {
            timer.Set(null, 0);
        }
    }

    /// <summary>HOT: per dispatch. Threads run or have stopped: CPU time goes at another rate.
    /// </summary>
    public void RunningChanged()
    {
        _interval[1].Reschedule();
        _interval[2].Reschedule();
        if (_posix.Count == 0)
        {
            return;
        }

        foreach (PosixTimer timer in _posix.Values)
        {
            if (timer.Clock.IsCpu)
            {
                timer.Reschedule();
            }
        }
    }

    public void AlarmTaken() => _interval[0].Taken();
}
