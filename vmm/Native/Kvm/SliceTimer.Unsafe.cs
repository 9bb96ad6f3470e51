using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>Ends KVM_RUN of one thread after a while. The thread blocks the signal that the timer
/// sends it, and KVM lets it through while the guest runs (<see cref="KvmVcpu.SetSignalMask"/>), so
/// that no handler runs and no expiry is lost: one that comes outside of the guest ends the next
/// KVM_RUN at once.</summary>
public sealed class SliceTimer : SafeHandle
{
    /// <summary>Behind those that the runtime and the C library use.</summary>
    public const int Signal = 44;

    private const ulong SignalBit = 1UL << (Signal - 1);
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>struct sigevent is 64 bytes: value, signal, notify, thread.</summary>
    private const int SignalEventBytes = 64;

    /// <summary>The thread's own, and of no other one that ever is.</summary>
    [ThreadStatic]
    private static object? t_self;

    private readonly object _thread = t_self ??= new object();
    private readonly int _threadId = KvmCalls.gettid();

    /// <summary>For the calling thread, which keeps the signal blocked.</summary>
    public SliceTimer()
        : base(-1, ownsHandle: true)
    {
        unsafe
        {
            // SAFETY: the calls read and write the locals here, which have the sizes of the
            // kernel's structures.
            ulong signal = SignalBit;
            ulong before = 0;
            byte* signalEvent = stackalloc byte[SignalEventBytes];
            new Span<byte>(signalEvent, SignalEventBytes).Clear();
            *(int*)(signalEvent + 8) = Signal;
            *(int*)(signalEvent + 12) = KvmCalls.SIGEV_THREAD_ID;
            *(int*)(signalEvent + 16) = _threadId;
            nint timer = 0;
            _ = KvmCalls.pthread_sigmask(KvmCalls.SIG_BLOCK, &signal, &before);
            if (KvmCalls.timer_create(KvmCalls.CLOCK_MONOTONIC, signalEvent, &timer) != 0)
            {
                throw new NativeCallException(
                    "timer_create", "a vCPU's thread", Marshal.GetLastPInvokeError());
            }

            BlockedInGuest = before & ~SignalBit;
            SetHandle(timer);
        }
    }

    /// <summary>The kernel's ids of timers begin at 0.</summary>
    public override bool IsInvalid => handle == -1;

    /// <summary>The thread's signal mask without the timer's signal, for KVM.</summary>
    public ulong BlockedInGuest { get; }

    /// <summary>Whether the calling thread is the timer's.</summary>
    public bool IsMine => ReferenceEquals(_thread, t_self);

    /// <summary>CPU time that the calling thread has used: the host's other work, and being
    /// stopped, don't count.</summary>
    public static long ThreadNanoseconds() => Nanoseconds(KvmCalls.CLOCK_THREAD_CPUTIME_ID);

    /// <summary>The clock by which timers expire.</summary>
    public static long HostNanoseconds() => Nanoseconds(KvmCalls.CLOCK_MONOTONIC);

    /// <summary>Lets it expire once, that much host time from now; a pending expiry is replaced. HOT:
    /// per slice.</summary>
    public void Start(long nanoseconds)
    {
        unsafe
        {
            // SAFETY: the call reads a struct itimerspec of four words.
            long* value = stackalloc long[4];
            value[0] = 0;
            value[1] = 0;
            value[2] = nanoseconds / NanosecondsPerSecond;
            value[3] = nanoseconds % NanosecondsPerSecond;
            if (KvmCalls.timer_settime(handle, 0, value, null) != 0)
            {
                throw new NativeCallException(
                    "timer_settime", "a vCPU's thread", Marshal.GetLastPInvokeError());
            }
        }
    }

    /// <summary>As if it expired now, from any thread, while the timer's lives.</summary>
    public void Expire()
    {
        unsafe
        {
            // SAFETY: the call takes numbers only.
            _ = KvmCalls.syscall(
                KvmCalls.SYS_tgkill, (ulong*)(nuint)Environment.ProcessId, (byte*)(nuint)_threadId, (long*)Signal, 0);
        }
    }

    /// <summary>Takes the signal of an expiry, if one is pending.</summary>
    public static bool TryTake()
    {
        unsafe
        {
            // SAFETY: the call reads the set of 8 bytes and a struct timespec.
            ulong signal = SignalBit;
            long* none = stackalloc long[2];
            none[0] = 0;
            none[1] = 0;
            return KvmCalls.syscall(
                KvmCalls.SYS_rt_sigtimedwait, &signal, null, none, sizeof(ulong)) == Signal;
        }
    }

    private static long Nanoseconds(int clock)
    {
        unsafe
        {
            // SAFETY: the call writes a struct timespec of two words.
            long* time = stackalloc long[2];
            _ = KvmCalls.clock_gettime(clock, time);
            return (time[0] * NanosecondsPerSecond) + time[1];
        }
    }

    protected override bool ReleaseHandle() => KvmCalls.timer_delete(handle) == 0;
}
