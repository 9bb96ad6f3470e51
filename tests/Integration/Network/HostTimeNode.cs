using System.Collections.Concurrent;
using System.Diagnostics;
using Dilaton.Core;
using Dilaton.Guest;

namespace Dilaton.Tests.Integration.Network;

/// <summary>Our stack at a TAP device, with host time for virtual time: only so can it talk to
/// Linux. Everything of it happens on one thread.</summary>
internal sealed class HostTimeNode : INodeClock, IEventQueue, IFrameSink, IDisposable
{
    private readonly SortedDictionary<(ulong At, ulong Ticket), INodeEvent> _events = [];
    private readonly Dictionary<ulong, ulong> _times = [];
    private readonly ConcurrentQueue<Action> _wanted = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly TapDevice _tap;
    private readonly Func<bool> _loses;
    private readonly Thread _thread;
    private volatile bool _isOver;
    private ulong _tickets;

    /// <param name="loses">Asked for every frame in either direction.</param>
    public HostTimeNode(TapDevice tap, NetworkOptions options, Func<bool> loses)
    {
        (_tap, _loses) = (tap, loses);
        Stack = new NetworkStack(options, 1, this, this);
        Stack.Ethernet!.Attach(this);
        _thread = new Thread(Loop) { Name = "stack at a TAP", IsBackground = true };
    }

    public NetworkStack Stack { get; }

    public VirtualTime Now { get; private set; }

    public Exception? Failure { get; private set; }

    public void Start() => _thread.Start();

    /// <summary>Does something on the stack's thread and waits for it.</summary>
    public void Do(Action action)
    {
        using ManualResetEventSlim done = new();
        _wanted.Enqueue(() =>
        {
            action();
            done.Set();
        });
        if (!done.Wait(TimeSpan.FromSeconds(30)))
        {
            throw new InvalidOperationException("the stack's thread does not answer", Failure);
        }
    }

    public ulong Schedule(VirtualTime at, INodeEvent action)
    {
        _events.Add((at.Picoseconds, ++_tickets), action);
        _times.Add(_tickets, at.Picoseconds);
        return _tickets;
    }

    public void Cancel(ulong ticket)
    {
        if (_times.Remove(ticket, out ulong at))
        {
            _events.Remove((at, ticket));
        }
    }

    public void Send(VirtualTime departure, ReadOnlyMemory<byte> frame) =>
        Schedule(departure, new Departure(this, frame));

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
    }

    private void Loop()
    {
        try
        {
            while (!_isOver)
            {
                Step();
            }
        }
        catch (Exception e) when (e is InvariantException or InvalidOperationException)
        {
            Failure = e;
        }
    }

    private void Step()
    {
        Sample();
        while (_events.Count > 0 && _events.First().Key is var key
            && key.At <= Now.Picoseconds)
        {
            INodeEvent due = _events[key];
            Cancel(key.Ticket);
            due.Fire();
        }

        while (_wanted.TryDequeue(out Action? action))
        {
            action();
        }

        const ulong PauseMax = 2_000_000_000;
        ulong next = _events.Count == 0 ? ulong.MaxValue : _events.First().Key.At;
        ulong pause = Math.Min(PauseMax, next > Now.Picoseconds ? next - Now.Picoseconds : 0);
        if (!_tap.Wait(TimeSpan.FromMicroseconds(pause / 1_000_000)))
        {
            return;
        }

        while (_tap.Read() is { } frame)
        {
            Sample();
            if (!_loses())
            {
                Stack.Ethernet!.Receive(frame);
            }
        }
    }

    private void Sample() => Now = VirtualTime.FromPicoseconds(
        (ulong)_watch.ElapsedTicks * (1_000_000_000_000 / (ulong)Stopwatch.Frequency));

    private sealed class Departure(HostTimeNode node, ReadOnlyMemory<byte> frame) : INodeEvent
    {
        public void Fire()
        {
            if (!node._loses())
            {
                node._tap.Write(frame.Span);
            }
        }
    }
}
