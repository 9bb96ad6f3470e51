using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Windows: accesses that a peer completes one by one. docs/time.md, "Windows".</summary>
public sealed partial class NodeSession
{
    private readonly List<SessionWindow> _windows = [];
    private readonly List<PeerWeaver> _windowWeavers = [];
    private readonly List<IIntervalPeer> _peers = [];
    private ulong _windowExchanges;

    private bool HasWeavers => _weaver is not null || _windowWeavers.Count > 0;

    private void AttachWindows(IReadOnlyList<NodeWindow> windows)
    {
        if (_pipeline is not null && windows.Count > 0)
        {
            throw new ConfigException(
                "time.feedback", "pipelined times memory late, and a window's access waits for it");
        }

        if (_peer is not null)
        {
            _peers.Add(_peer);
        }

        if (_options.Cores.Count > 0 && windows.Any(window => window.Peer is WirePeer))
        {
            throw new ConfigException("cores.kinds", "a peer has one kind of core");
        }

        foreach (NodeWindow window in windows)
        {
            _windows.Add(new SessionWindow(window, WeaverOf(window.Peer)));
        }
    }

    /// <summary>The one that times memory with this peer, or one for its windows alone.</summary>
    private PeerWeaver WeaverOf(IIntervalPeer peer)
    {
        if (_weaver is PeerWeaver memory && peer == _peer)
        {
            return memory;
        }

        PeerWeaver? known = _windowWeavers.Find(weaver => weaver.Peer == peer);
        if (known is null)
        {
            known = new PeerWeaver(peer, _slots, _options.StoreBufferEntries, carriesMisses: false);
            _windowWeavers.Add(known);
            _peers.Add(peer);
        }

        return known;
    }

    /// <summary>The next step of the instruction at which the vCPU stands.</summary>
    private void AccessWindow(VcpuSlot slot)
    {
        WindowOperation operation = slot.Window;
        if (!operation.IsActive)
        {
            Begin(slot, operation);
        }

        switch (operation.Next)
        {
            case WindowStep.Exchange:
                operation.Open(++_windowExchanges, _now);
                slot.HasExit = true;
                WeaveTo(_now);
                slot.IsHeld = slot.IsWaiting;
                break;
            case WindowStep.Execute:
                Execute(slot, operation);
                break;
            default:
                operation.End();
                break;
        }
    }

    private void Begin(VcpuSlot slot, WindowOperation operation)
    {
        WindowAccess access = slot.Exit.Window;
        SessionWindow? window = null;
        foreach (SessionWindow each in _windows)
        {
            window = each.Window.Contains(access.Physical) ? each : window;
        }

        string? refusal = access.Refusal;
        if (refusal is null && access.Kind == MemoryEventKind.Atomic
            && window is { Window.CarriesData: true })
        {
            refusal = $"a locked update of device {window.Window.Name}";
        }

        if (refusal is not null)
        {
            throw new UnsupportedGuestException(
                slot.Id,
                slot.Engine!.Registers.Rip,
                $"a window can't be accessed by {refusal}");
        }

        Invariant.Require(window is not null, "a window access lies in a window");
        operation.Begin(access, window, _lineBytes);
    }

    /// <summary>Executes the instruction. If it faults, that is the exit at which the vCPU stands.
    /// </summary>
    private void Execute(VcpuSlot slot, WindowOperation operation)
    {
        BeginSlice(slot);
        Span<byte> bytes = operation.Window!.Window.CarriesData ? operation.Bytes : [];
        VcpuExit exit = slot.Engine!.RunWindowAccess(operation.Access, bytes);
        FinishSlice(slot, exit.Instructions, exit.Units);
        if (exit.Reason == ExitReason.Fault)
        {
            operation.End();
            slot.Exit = exit;
            slot.HasExit = true;
            return;
        }

        Invariant.Require(
            exit.Reason == ExitReason.BudgetExhausted
                && exit.Instructions == (_options.MeasuresRunTime ? 0UL : 1UL),
            "one instruction completes a window access");
        operation.Executed();
        _log.Add(
            _now,
            slot.Id.Index,
            EventKind.WindowAccess,
            operation.Access.Physical.Value,
            (ulong)operation.Access.SizeBytes,
            (ulong)operation.Access.Kind,
            FirstWord(bytes));
        slot.HasExit = operation.Next != WindowStep.Done;
        if (!slot.HasExit)
        {
            operation.End();
        }
    }

    private static ulong FirstWord(ReadOnlySpan<byte> bytes)
    {
        ulong word = 0;
        for (int i = Math.Min(bytes.Length, sizeof(ulong)) - 1; i >= 0; i--)
        {
            word = (word << 8) | bytes[i];
        }

        return word;
    }

    private void SettleWindow(VcpuSlot slot)
    {
        if (slot.Window.IsOpen)
        {
            ulong stall = slot.Window.Settle(slot.Clock.Frequency, slot.Clock.UnitsPerCycle);
            slot.Clock.AddStall(stall);
            slot.WindowStall += stall;
        }
    }

    private void CollectWindows(StatisticsList list)
    {
        foreach (SessionWindow window in _windows)
        {
            list.Add($"window.{window.Window.Name}", window);
        }
    }
}
