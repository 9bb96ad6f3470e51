using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>The node's ports as its parts hold them. The program is loaded before there is an
/// engine or a session, so the real ports come later; until then it is virtual time 0 and nothing
/// can be scheduled.</summary>
internal sealed class LatePorts : INodeClock, IEventQueue, IVcpuScheduler, IKernelAccessSink
{
    /// <summary>No event has it: their generations begin with 1.</summary>
    private const ulong NoTicket = 0;

    private GuestPorts? _ports;

    public VirtualTime Now => _ports?.Clock.Now ?? VirtualTime.Zero;

    public VirtualTime After(KernelCharge charge) =>
        _ports?.Clock.After(charge) ?? VirtualTime.Zero;

    private GuestPorts Ports => _ports ?? throw new InvariantException("ports are attached");

    public void Attach(GuestPorts ports)
    {
        Invariant.Require(_ports is null);
        _ports = ports;
    }

    /// <summary>The node's programs have ended: what does not outlive them is scheduled no more.
    /// </summary>
    public bool HasGuestEnded { get; set; }

    public ulong Schedule(VirtualTime at, INodeEvent action) =>
        HasGuestEnded && !action.OutlivesGuest ? NoTicket : Ports.Events.Schedule(at, action);

    public void Cancel(ulong ticket) => Ports.Events.Cancel(ticket);

    public void Wake(VcpuId vcpu) => Ports.Scheduler.Wake(vcpu);

    public void PreemptAt(VcpuId vcpu, VirtualTime at) => Ports.Scheduler.PreemptAt(vcpu, at);

    public void Copied(
        VcpuId vcpu, GuestVirtualAddress address, ulong lengthBytes, bool isStore) =>
        Ports.Accesses.Copied(vcpu, address, lengthBytes, isStore);
}
