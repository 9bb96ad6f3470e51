using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Tests.Simulation.Net;

/// <summary>Virtual time for protocol stacks alone: a clock and its future.</summary>
internal sealed class Lab : INodeClock, IEventQueue
{
    private readonly EventQueue _events = new();

    public VirtualTime Now { get; private set; }

    /// <summary>What a kernel needs to take up a frame.</summary>
    public VirtualDuration PacketCost { get; set; }

    /// <summary>Events that have fired.</summary>
    public long FiredCount { get; private set; }

    public ulong Schedule(VirtualTime at, INodeEvent action) => _events.Schedule(at, action);

    public ulong Schedule(VirtualTime at, Action action) =>
        _events.Schedule(at, new LabEvent(action));

    public void After(VirtualDuration delay, Action action) => Schedule(Now + delay, action);

    VirtualTime INodeClock.After(KernelCharge charge) =>
        charge.Class == KernelCostClass.Packet ? Now + PacketCost : Now;

    public void Cancel(ulong ticket) => _events.Cancel(ticket);

    public void Run(VirtualTime until) => RunWhile(until, () => true);

    /// <returns>True if the claim came true in time.</returns>
    public bool RunUntil(VirtualTime until, Func<bool> holds)
    {
        RunWhile(until, () => !holds());
        return holds();
    }

    private void RunWhile(VirtualTime until, Func<bool> goesOn)
    {
        while (goesOn())
        {
            if (_events.NextTime > until)
            {
                Now = VirtualTime.Max(Now, until);
                _events.RaiseFloor(Now);
                return;
            }

            INodeEvent next = _events.Take(out VirtualTime at);
            Now = at;
            FiredCount++;
            next.Fire();
        }
    }
}
