using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>Shows a process's memory to a virtual machine: slots of whole GiB where the process's
/// window has memory, made as they are needed, and page tables that are filled as the guest faults
/// and emptied as its mappings change. What a page may do is the address space's word alone.
/// </summary>
internal sealed class GuestPages
{
    private const int SlotShift = 30;
    private const ulong BlockBytes = 2 << 20;

    private readonly KvmMachine _machine;
    private readonly PageTables _tables;
    private readonly IGuestAddressSpace _memory;
    private readonly AddressWindow _window;
    private readonly WrittenPages? _written;
    private readonly bool[] _hasSlot = new bool[SupervisorLayout.Gibibytes];

    public GuestPages(
        KvmMachine machine,
        PageTables tables,
        IGuestAddressSpace memory,
        AddressWindow window,
        WrittenPages? written)
    {
        _machine = machine;
        _tables = tables;
        _memory = memory;
        _window = window;
        _written = written;
    }

    /// <summary>Lets a vCPU go on that has faulted on a page which the guest may access so.</summary>
    /// <returns>False if it may not: the fault is the guest's own.</returns>
    public bool TryFill(ulong address, FaultAccess access)
    {
        if (!_window.Contains(address)
            || !_memory.TryFindPages(address, out GuestPageRun pages)
            || !Allows(pages, access))
        {
            return false;
        }

        ShowSlot((int)((address - _window.Start) >> SlotShift));
        ulong block = address & ~(BlockBytes - 1);
        _tables.Map(
            Math.Max(pages.Start, block),
            Math.Min(pages.End, block + BlockBytes),
            pages.MayWrite,
            pages.MayExecute);
        return true;
    }

    /// <summary>A vCPU's code ran. HOT: per exit.</summary>
    public void Ran(VcpuId vcpu, long nanoseconds) => _written?.Ran(_machine, vcpu, nanoseconds);

    /// <summary>Lets guest code access a part of a window, whatever its rights, until
    /// <see cref="Forget"/>.</summary>
    public void Open(ulong address, int lengthBytes)
    {
        ulong start = GuestPage.Floor(address);
        ulong end = GuestPage.Ceiling(address + (ulong)lengthBytes);
        for (ulong page = start; page < end; page += GuestPage.SizeBytes)
        {
            ShowSlot((int)((page - _window.Start) >> SlotShift));
        }

        _tables.Map(start, end, mayWrite: true, mayExecute: false);
    }

    /// <summary>The range is to fault again.</summary>
    /// <returns>Whether any of it did not.</returns>
    public bool Forget(ulong start, ulong lengthBytes) =>
        _tables.Unmap(start, start + lengthBytes);

    private static bool Allows(in GuestPageRun pages, FaultAccess access) => access switch
    {
        FaultAccess.Write => pages.MayWrite,
        FaultAccess.Execute => pages.MayExecute,
        _ => pages.MayRead,
    };

    private void ShowSlot(int gibibyte)
    {
        if (_hasSlot[gibibyte])
        {
            return;
        }

        ulong start = _window.Start + ((ulong)gibibyte << SlotShift);
        ulong end = Math.Min(start + (1UL << SlotShift), Math.Min(
            _window.StackTop,
            start < _window.AnonymousStart ? _window.EngineStart : ulong.MaxValue));
        start = Math.Max(start, _window.LowestAddress);
        Invariant.Require(start < end);
        uint slot = (uint)(SupervisorLayout.Slot + 1 + gibibyte);
        _machine.SetMemory(new KvmMemoryRegion
        {
            Slot = slot,
            Flags = _written is null ? 0 : KvmMemoryRegion.LogsWrites,
            GuestPhysical = start - _window.Start,
            SizeBytes = end - start,
            HostAddress = start,
        });
        _hasSlot[gibibyte] = true;
        _written?.Add(_machine, slot);
    }
}
