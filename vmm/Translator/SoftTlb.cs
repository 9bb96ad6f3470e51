using Dilaton.Core;

namespace Dilaton.Translator;

/// <summary>Remembers translations of guest pages, so that the address space is asked once per
/// page and not per access.</summary>
internal sealed class SoftTlb(IGuestAddressSpace memory)
{
    private const int Entries = 2048;

    private readonly ulong[] _tags = new ulong[Entries];
    private readonly ulong[] _frames = new ulong[Entries];

    /// <summary>HOT: per record.</summary>
    public ulong Translate(ulong address)
    {
        ulong tag = (address >> GuestPage.Shift) + 1;
        int index = (int)(tag & (Entries - 1));
        ulong frame = _tags[index] == tag ? _frames[index] : Fill(address, tag, index);
        return frame | (address & GuestPage.OffsetMask);
    }

    /// <summary>For hints, which do nothing where memory has not been touched.</summary>
    public bool TryTranslate(ulong address, out ulong physical)
    {
        bool mapped = memory.TryTranslate(
            new GuestVirtualAddress(address), out GuestPhysicalAddress found);
        physical = found.Value;
        return mapped;
    }

    public void Flush() => Array.Clear(_tags);

    private ulong Fill(ulong address, ulong tag, int index)
    {
        ulong page = GuestPage.Floor(address);
        ulong frame = memory.Translate(new GuestVirtualAddress(page)).Value;
        Invariant.Require((frame & GuestPage.OffsetMask) == 0);
        _tags[index] = tag;
        _frames[index] = frame;
        return frame;
    }
}
