using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>Remembers translations of guest pages, so that the address space is asked once per
/// page and not per access.</summary>
internal sealed class SoftTlb(IGuestAddressSpace memory)
{
    private const int Entries = RecordLoop.TlbEntries;

    private readonly TlbEntry[] _entries = new TlbEntry[Entries];

    public TlbEntry[] Items => _entries;

    /// <summary>For a record.</summary>
    /// <param name="isNew">The page was not known: it may be the first record of it.</param>
    public ulong Translate(ulong address, out bool isNew)
    {
        ulong page = address >> GuestPage.Shift;
        ref TlbEntry entry = ref _entries[(int)page & (Entries - 1)];
        isNew = entry.Tag != page + 1;
        if (isNew)
        {
            Fill(ref entry, address);
        }

        return address + entry.Distance;
    }

    /// <summary>For what makes no record, so that a page that is known has had one; hints do nothing
    /// where memory has not been touched.</summary>
    public bool TryTranslate(ulong address, out ulong physical)
    {
        bool mapped = memory.TryTranslate(
            new GuestVirtualAddress(address), out GuestPhysicalAddress found);
        physical = found.Value;
        return mapped;
    }

    public void Flush() => Array.Clear(_entries);

    private void Fill(ref TlbEntry entry, ulong address)
    {
        ulong page = GuestPage.Floor(address);
        ulong frame = memory.Translate(new GuestVirtualAddress(page)).Value;
        Invariant.Require((frame & GuestPage.OffsetMask) == 0);
        entry.Tag = (page >> GuestPage.Shift) + 1;
        entry.Distance = frame - page;
    }
}
