namespace Dilaton.Machine;

/// <summary>An I/O APIC of 24 lines (Intel, "82093AA I/O Advanced Programmable Interrupt Controller"). A line is
/// asserted or not; which of the two a wire shows as high is nobody's concern here: polarity is kept, without effect.
/// <code>
/// edge:   not asserted ──► asserted ──► message; masked, it is lost
/// level:  asserted, not masked, no message under way ──► message, under way ── EOI of its vector ──► again
/// </code>
/// One caller at a time.</summary>
/// <param name="send">Takes a message to the local APICs; false: none of them heard.</param>
internal sealed class IoApic(Func<InterruptMessage, bool> send)
{
    public const int Lines = 24;

    private const uint VersionAndLines = 0x11 | ((Lines - 1) << 16);
    private const ulong UnderWay = 1 << 14;
    private const ulong Level = 1 << 15;
    private const ulong Masked = 1 << 16;
    private const ulong Logical = 1 << 11;

    /// <summary>All but its delivery status and what is under way.</summary>
    private const ulong Writable = 0xff00_0000_0001_afff;

    private const int FirstEntry = 0x10;

    private readonly ulong[] _entries = [.. Enumerable.Repeat(Masked, Lines)];
    private readonly bool[] _isAsserted = new bool[Lines];
    private byte _selected;
    private uint _id;

    /// <param name="offset">0: which register is selected; 0x10: that register.</param>
    public uint Read(uint offset) => offset switch
    {
        0 => _selected,
        0x10 => ReadSelected(),
        _ => 0,
    };

    public void Write(uint offset, uint value)
    {
        if (offset == 0)
        {
            _selected = (byte)value;
        }
        else if (offset == 0x10)
        {
            WriteSelected(value);
        }
    }

    public void Set(int line, bool isAsserted)
    {
        bool isEdge = isAsserted && !_isAsserted[line];
        _isAsserted[line] = isAsserted;
        if ((_entries[line] & Level) != 0)
        {
            ServeLevel(line);
        }
        else if (isEdge && (_entries[line] & Masked) == 0)
        {
            send(MessageOf(_entries[line]));
        }
    }

    /// <summary>A local APIC is done with a level-triggered interrupt of that vector.</summary>
    public void End(byte vector)
    {
        for (int i = 0; i < Lines; i++)
        {
            if ((byte)_entries[i] == vector && (_entries[i] & UnderWay) != 0)
            {
                _entries[i] &= ~UnderWay;
                ServeLevel(i);
            }
        }
    }

    private static InterruptMessage MessageOf(ulong entry) => new(
        (byte)entry,
        (DeliveryMode)(entry >> 8 & 7),
        (byte)(entry >> 56),
        (entry & Logical) != 0,
        (entry & Level) != 0);

    private uint ReadSelected()
    {
        int entry = (_selected - FirstEntry) / 2;
        return _selected switch
        {
            // The arbitration id is loaded with the id.
            0 or 2 => _id,
            1 => VersionAndLines,
            >= FirstEntry when entry < Lines =>
                (uint)(_selected % 2 == 0 ? _entries[entry] : _entries[entry] >> 32),
            _ => 0,
        };
    }

    private void WriteSelected(uint value)
    {
        int line = (_selected - FirstEntry) / 2;
        if (_selected == 0)
        {
            _id = value & 0x0f00_0000;
        }
        else if (_selected >= FirstEntry && line < Lines)
        {
            ulong before = _entries[line];
            ulong whole = _selected % 2 == 0
                ? (before & 0xffff_ffff_0000_0000) | value
                : (before & uint.MaxValue) | ((ulong)value << 32);

            // Edge-triggered, nothing is under way: so drivers take back what no EOI ends.
            ulong kept = (whole & Level) != 0 ? before & UnderWay : 0;
            _entries[line] = (whole & Writable) | kept;
            ServeLevel(line);
        }
    }

    private void ServeLevel(int line)
    {
        ulong entry = _entries[line];
        if (_isAsserted[line] && (entry & (Level | Masked | UnderWay)) == Level && send(MessageOf(entry)))
        {
            _entries[line] |= UnderWay;
        }
    }
}
