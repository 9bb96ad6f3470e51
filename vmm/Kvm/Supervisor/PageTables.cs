using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>The guest's page tables (Intel SDM vol. 3A, "4-Level Paging"), of 4 KiB pages. A page of
/// the window is at the guest-physical address that is its offset in the window. Entries only are
/// filled and emptied here; that a vCPU forgets what it has cached of them is its engine's business.
/// </summary>
internal sealed class PageTables
{
    private const ulong Present = 1;
    private const ulong Writable = 2;
    private const ulong User = 4;
    private const ulong AccessedAndDirty = 0x60;
    private const ulong NoExecute = 1UL << 63;
    private const int EntriesPerTable = 512;
    private const int TableShift = 21;
    private const int DirectoryShift = 30;
    private const int PointerShift = 39;

    private readonly KvmMemory _memory;
    private readonly AddressWindow _window;

    public PageTables(KvmMemory memory, AddressWindow window)
    {
        _memory = memory;
        _window = window;
        Span<ulong> top = Table(SupervisorLayout.Pml4);
        top[IndexOf(window.Start, PointerShift)] =
            SupervisorLayout.PhysicalOf(SupervisorLayout.WindowPdpt) | Present | Writable | User;
        top[IndexOf(SupervisorLayout.Virtual, PointerShift)] =
            SupervisorLayout.PhysicalOf(SupervisorLayout.UpperPdpt) | Present | Writable;
        Table(SupervisorLayout.UpperPdpt)[0] =
            SupervisorLayout.PhysicalOf(SupervisorLayout.UpperDirectory) | Present | Writable;
        Table(SupervisorLayout.UpperDirectory)[0] =
            SupervisorLayout.PhysicalOf(SupervisorLayout.UpperTable) | Present | Writable;
        for (int page = 0; page < SupervisorLayout.UpperPages; page++)
        {
            Table(SupervisorLayout.UpperTable)[page] =
                SupervisorLayout.PhysicalOf(page) | AccessedAndDirty | Present | Writable;
        }

        for (int i = 0; i < SupervisorLayout.Gibibytes; i++)
        {
            int directory = SupervisorLayout.WindowDirectories + i;
            ulong start = window.Start + ((ulong)i << DirectoryShift);
            Table(SupervisorLayout.WindowPdpt)[IndexOf(start, DirectoryShift)] =
                SupervisorLayout.PhysicalOf(directory) | Present | Writable | User;
        }
    }

    /// <summary>Lets user code read the pages of a range of the window, and more as said.</summary>
    public void Map(ulong start, ulong end, bool mayWrite, bool mayExecute)
    {
        ulong flags = Present | User | AccessedAndDirty
            | (mayWrite ? Writable : 0) | (mayExecute ? 0 : NoExecute);
        for (ulong address = start; address < end; address += GuestPage.SizeBytes)
        {
            ulong offset = address - _window.Start;
            int table = (int)(offset >> TableShift);
            ref ulong entry = ref Table(
                SupervisorLayout.WindowDirectories + (table / EntriesPerTable))[
                    table % EntriesPerTable];
            if (entry == 0)
            {
                entry = SupervisorLayout.PhysicalOf(SupervisorLayout.WindowTables + table)
                    | Present | Writable | User;
            }

            Table(SupervisorLayout.WindowTables + table)[PageIndexOf(offset)] = offset | flags;
        }
    }

    /// <summary>Takes the pages of a range of the window from user code.</summary>
    /// <returns>Whether it had any of them.</returns>
    public bool Unmap(ulong start, ulong end)
    {
        bool had = false;
        ulong address = start;
        while (address < end)
        {
            ulong offset = address - _window.Start;
            int table = (int)(offset >> TableShift);
            ulong next = Math.Min(
                end, _window.Start + (((ulong)table + 1) << TableShift));
            if (HasTable(table))
            {
                Span<ulong> run = Table(SupervisorLayout.WindowTables + table).Slice(
                    PageIndexOf(offset), (int)((next - address) >> GuestPage.Shift));
                had |= run.ContainsAnyExcept(0UL);
                run.Clear();
            }

            address = next;
        }

        return had;
    }

    private static int IndexOf(ulong address, int shift) =>
        (int)(address >> shift) & (EntriesPerTable - 1);

    private static int PageIndexOf(ulong offset) => IndexOf(offset, GuestPage.Shift);

    private bool HasTable(int table) => Table(
        SupervisorLayout.WindowDirectories + (table / EntriesPerTable))[
            table % EntriesPerTable] != 0;

    private Span<ulong> Table(int page) => Blittable.Cast<ulong>(
        _memory.Bytes.Slice(page << GuestPage.Shift, (int)GuestPage.SizeBytes));
}
