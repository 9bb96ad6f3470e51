using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What a timer counts: virtual time, or the CPU time of a process or one of its threads.
/// Readings are in ps.</summary>
/// <param name="ClockId">As in clock_gettime, for absolute times.</param>
internal sealed record TimerClock(GuestProcess Process, int ClockId, bool IsCpu, GuestThread? Thread)
{
    public static TimerClock Wall(GuestProcess process, int clockId) =>
        new(process, clockId, false, null);

    public static TimerClock Cpu(GuestProcess process, int clockId, GuestThread? thread) =>
        new(process, clockId, true, thread);

    public ulong Now => Process.Kernel.Now is var now && !IsCpu ? now.Picoseconds
        : (Thread?.CpuTimeAt(now) ?? Process.CpuTimeAt(now)).Picoseconds;

    /// <summary>When it will show a value if nothing changes.</summary>
    /// <returns>Null if never.</returns>
    public VirtualTime? When(ulong reading)
    {
        VirtualTime now = Process.Kernel.Now;
        ulong here = Now;
        if (reading <= here)
        {
            return now;
        }

        uint rate = IsCpu ? CountRunning() : 1;
        if (rate == 0)
        {
            return null;
        }

        ulong distance = ((reading - here - 1) / rate) + 1;
        return distance >= ulong.MaxValue - now.Picoseconds
            ? null
            : now + VirtualDuration.FromPicoseconds(distance);
    }

    private uint CountRunning()
    {
        uint count = 0;
        foreach (GuestThread thread in Process.Threads)
        {
            bool counts = Thread is null || Thread == thread;
            count += counts && thread.State == ThreadState.Running ? 1u : 0;
        }

        return count;
    }
}
