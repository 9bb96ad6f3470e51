using System.Buffers.Text;
using Dilaton.Core;
using Dilaton.Native;
using Dilaton.Time;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Cli;

/// <summary>The host's steady clock (CLOCK_MONOTONIC) for a worker's node, without the time for which the
/// process was stopped. A thread of its own looks for that.</summary>
internal sealed class HostPace : IHostPace, IDisposable
{
    private const string Delays = "/proc/thread-self/schedstat";
    private const long NanosecondsPerSecond = 1_000_000_000;

    // Guards what follows.
    private readonly Lock _lock = new();
    private readonly StopLedger _stops = new();
    private readonly Thread _watch;
    private readonly TimeProvider _clock;
    private long _begin;
    private long _held;
    private long _shown;
    private long? _heldAt;
    private bool _isOver;
    private volatile bool _tellsStops = true;

    /// <param name="clock">The host's, of which only the steady time stamps are used.</param>
    public HostPace(TimeProvider clock)
    {
        _clock = clock;
        _watch = new Thread(Watch) { Name = "stops", IsBackground = true };
    }

    /// <summary>For how often, and how long, the process was stopped.</summary>
    public (int Count, long Nanoseconds) Stops
    {
        get
        {
            lock (_lock)
            {
                return (_stops.Count, _stops.TotalNanoseconds);
            }
        }
    }

    /// <summary>False: this kernel does not say how long a thread waited for a processor, and a busy host
    /// looks as if it had stopped the process.</summary>
    public bool TellsStops => _tellsStops;

    public ulong Nanoseconds
    {
        get
        {
            lock (_lock)
            {
                _shown = Math.Max(_shown, _heldAt ?? Known());
                return (ulong)_shown;
            }
        }
    }

    public void Begin()
    {
        if (_watch.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted))
        {
            _begin = Now();
            _stops.Begin(_begin, 0);
            _watch.Start();
        }
    }

    public void WaitUntil(ulong nanoseconds)
    {
        for (ulong now = Nanoseconds; now < nanoseconds; now = Nanoseconds)
        {
            HostSleep.For((long)(nanoseconds - now));
        }
    }

    public void Hold()
    {
        lock (_lock)
        {
            _heldAt ??= Known();
        }
    }

    public void Resume()
    {
        lock (_lock)
        {
            if (_heldAt is { } at)
            {
                _held += Known() - at;
                _heldAt = null;
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
        }
    }

    private long Now() =>
        (long)((Int128)_clock.GetTimestamp() * NanosecondsPerSecond / _clock.TimestampFrequency);

    private long Known() => _stops.Known(Now()) - _begin - _held;

    private void Watch()
    {
        using SafeFileHandle? delays = OpenDelays();
        _tellsStops = delays is not null;
        bool isFirst = true;
        while (true)
        {
            lock (_lock)
            {
                if (_isOver)
                {
                    return;
                }

                if (isFirst)
                {
                    _stops.Begin(Now(), Delayed(delays));
                }
                else
                {
                    _stops.Look(Now(), Delayed(delays));
                }
            }

            isFirst = false;
            HostSleep.For(StopLedger.PeriodNanoseconds);
        }
    }

    private static SafeFileHandle? OpenDelays()
    {
        try
        {
            return File.OpenHandle(Delays);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The second figure of the line (Linux, Documentation/scheduler/sched-stats).</summary>
    private static long Delayed(SafeFileHandle? delays)
    {
        if (delays is null)
        {
            return 0;
        }

        Span<byte> line = stackalloc byte[96];
        ReadOnlySpan<byte> read = line[..RandomAccess.Read(delays, line, 0)];
        ReadOnlySpan<byte> second = read[(read.IndexOf((byte)' ') + 1)..];
        Invariant.Require(Utf8Parser.TryParse(second, out long delayed, out _));
        return delayed;
    }
}
