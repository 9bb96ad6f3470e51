using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>A node to which something is said while it runs. It stands meanwhile, which shows nowhere
/// in what it does. docs/time.md, 10.8.
/// <code>
/// RequestStand ──> first step with a clock at the interval's end: stands() ──> (others: Stand,
///                  ScheduleRates) ──> Release ──> the same step is done
/// </code></summary>
public sealed partial class NodeSession
{
    private readonly Queue<(VirtualTime Known, NodeRates Rates)> _foretold = new();
    private readonly StandGate _gate = new();

    // Who runs the node, or looks at it and changes it meanwhile. Taken once per grant.
    private readonly Lock _turn = new();
    private bool _isGranted;
    private VirtualTime _standAt = VirtualTime.MaxValue;
    private VirtualTime _stoodAt;
    private Action? _stands;

    // Something was or will be said to it, without grants; it stays so.
    private volatile bool _isAttentive;

    /// <summary>Lets the node stand at its next end of a weave interval, until
    /// <see cref="Release"/> or <see cref="RequestStop"/>. For nodes without grants; any thread.
    /// </summary>
    /// <param name="stands">Is called on the node's thread once it stands. What it tells others they
    /// may do under <see cref="WhileStanding"/>.</param>
    public void RequestStand(Action stands)
    {
        ArgumentNullException.ThrowIfNull(stands);
        _gate.Close();
        Volatile.Write(ref _stands, stands);
        _isAttentive = true;
    }

    /// <summary>Any thread.</summary>
    public void Release()
    {
        Volatile.Write(ref _stands, null);
        _gate.Open();
    }

    /// <summary>Does something while the node does nothing: waits until it stands, or has come to its
    /// grant. Any thread.</summary>
    public void WhileStanding(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        lock (_turn)
        {
            action();
        }
    }

    /// <summary>Within <see cref="WhileStanding"/>.</summary>
    /// <param name="isGranted">It runs by grants.</param>
    public NodeStand Stand(bool isGranted) => new(
        isGranted ? _grant : _stoodAt,
        IntervalEndFrom(LatestClock()),
        _result is not null);

    /// <summary>Plays back what was said to a node when it stood: <see cref="ScheduleRates"/>, at the
    /// same place of its run. Before it runs.</summary>
    /// <param name="known">As <see cref="NodeStand.Known"/> was; they don't fall.</param>
    /// <param name="isGranted">It runs by grants.</param>
    public void ForetellRates(VirtualTime known, NodeRates rates, bool isGranted)
    {
        ArgumentNullException.ThrowIfNull(rates);
        _isGranted = isGranted;
        _foretold.Enqueue((known, rates));
        _isAttentive = !isGranted;
    }

    /// <summary>A new grant is told from the last one by being larger.</summary>
    private void LearnFromGrant(VirtualTime grant)
    {
        while (_isGranted && _foretold.TryPeek(out (VirtualTime Known, NodeRates) next)
            && grant > next.Known)
        {
            Learn();
        }
    }

    /// <summary>Before a step, of a node without grants.</summary>
    private void Attend()
    {
        VirtualTime latest = LatestClock();
        while (!_isGranted && _foretold.TryPeek(out (VirtualTime Known, NodeRates) next)
            && latest >= next.Known)
        {
            Learn();
        }

        Action? stands = Volatile.Read(ref _stands);
        if (stands is null || _stopRequested)
        {
            _standAt = VirtualTime.MaxValue;
            return;
        }

        if (_standAt == VirtualTime.MaxValue)
        {
            _standAt = IntervalEndFrom(latest + VirtualDuration.FromPicoseconds(1));
        }

        if (latest >= _standAt)
        {
            (_stoodAt, _standAt) = (_standAt, VirtualTime.MaxValue);
            Volatile.Write(ref _stands, null);
            stands();
            _turn.Exit();
            _pace?.Hold();
            _gate.WaitWhileClosed();
            _pace?.Resume();
            _turn.Enter();
        }
    }

    private void Learn()
    {
        NodeRates rates = _foretold.Dequeue().Rates;
        VirtualTime at = ScheduleRates(rates);
        if (at != rates.From)
        {
            throw new PeerFaultException(
                $"the control log is of another run: a change at {rates.From} comes to a node that "
                    + $"has passed it, and could meet it at {at}");
        }
    }

    private VirtualTime IntervalEndFrom(VirtualTime time)
    {
        ulong interval = _options.WeaveInterval.Picoseconds;
        ulong count = (time.Picoseconds / interval)
            + (time.Picoseconds % interval == 0 ? 0UL : 1);
        return new VirtualTime(checked(count * interval));
    }
}
