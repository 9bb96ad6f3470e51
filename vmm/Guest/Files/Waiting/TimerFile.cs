using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>timerfd_create(2) in virtual time. As in Linux it fires once and then counts what it
/// missed when it is read, so that an unread timer costs one event.</summary>
internal sealed class TimerFile(
    Inode inode, int flags, bool isRealTime, FileClock clock, IEventQueue events)
    : OpenFile(inode, flags, "anon_inode:[timerfd]"), INodeEvent
{
    private readonly ReadySource _ready = new();
    private VirtualTime? _next;
    private VirtualDuration _interval;
    private ulong? _ticket;

    public VirtualDuration Interval => _interval;

    public override bool IsPollable => true;

    /// <summary>As Linux has it: allowed, and nothing.</summary>
    public override long Seek(long offset, int whence) => 0;

    public override ReadySource? ReadReady => _ready;

    /// <summary>Time to the next expiry; zero if it is disarmed.</summary>
    public VirtualDuration GetRemaining()
    {
        if (_next is not { } next)
        {
            return VirtualDuration.Zero;
        }

        VirtualTime now = clock.VirtualNow;
        if (next > now)
        {
            return next - now;
        }

        // Expired and unread: a periodic timer goes on, a single one is done.
        return _interval == VirtualDuration.Zero
            ? VirtualDuration.Zero
            : new VirtualDuration(_interval.Picoseconds
                - ((now - next).Picoseconds % _interval.Picoseconds));
    }

    /// <summary>Unix time at power-on if its absolute times count from 1970; 0 if they count from
    /// power-on.</summary>
    public long OriginSeconds { get; } = isRealTime ? clock.Epoch.Seconds : 0;

    /// <param name="first">Null disarms it.</param>
    public void Set(VirtualTime? first, VirtualDuration interval)
    {
        _next = first;
        _interval = interval;
        Reschedule();
    }

    public override long Read(Span<byte> destination)
    {
        if (destination.Length < sizeof(ulong))
        {
            return -Errno.EINVAL;
        }

        ulong count = CountExpiries();
        if (count == 0)
        {
            return -Errno.EAGAIN;
        }

        _next = _interval == VirtualDuration.Zero
            ? null
            : _next!.Value + new VirtualDuration(checked(_interval.Picoseconds * count));
        Reschedule();
        BinaryPrimitives.WriteUInt64LittleEndian(destination, count);
        return sizeof(ulong);
    }

    public override PollEvents Poll() =>
        CountExpiries() > 0 ? PollEvents.In | PollEvents.ReadNormal : PollEvents.None;

    void INodeEvent.Fire()
    {
        _ticket = null;
        _ready.Signal();
    }

    protected override void Closed()
    {
        _next = null;
        Reschedule();
    }

    private ulong CountExpiries()
    {
        VirtualTime now = clock.VirtualNow;
        if (_next is not { } next || next > now)
        {
            return 0;
        }

        return _interval == VirtualDuration.Zero
            ? 1
            : 1 + ((now - next).Picoseconds / _interval.Picoseconds);
    }

    private void Reschedule()
    {
        if (_ticket is { } ticket)
        {
            events.Cancel(ticket);
            _ticket = null;
        }

        if (_next is { } next)
        {
            if (next <= clock.VirtualNow)
            {
                _ready.Signal();
            }
            else
            {
                _ticket = events.Schedule(next, this);
            }
        }
    }
}
