using Dilaton.Core;
using Iced.Intel;

namespace Dilaton.Translator;

/// <summary>Decodes guest instructions through a small window of fetched bytes, and watches the
/// pages they come from.</summary>
internal sealed class GuestCodeReader : CodeReader
{
    private const int WindowBytes = 256;
    private const int InstructionBytesMax = 15;

    private readonly IGuestAddressSpace _memory;
    private readonly Decoder _decoder;
    private readonly byte[] _window = new byte[WindowBytes];
    private readonly HashSet<ulong> _watched = [];
    private ulong _start;
    private int _valid;
    private int _position;
    private ulong _lastWatched = ulong.MaxValue;

    private readonly AddressWindow _guest;

    public GuestCodeReader(IGuestAddressSpace memory, AddressWindow guest)
    {
        _memory = memory;
        _guest = guest;
        _decoder = Decoder.Create(64, this);
    }

    /// <summary>False while a single instruction is translated that must be able to write to its own
    /// page.</summary>
    public bool WatchesPages { get; set; } = true;

    public override int ReadByte() => _position < _valid ? _window[_position++] : -1;

    /// <summary>Forgets fetched bytes; called before each translation, as the guest may have
    /// changed them.</summary>
    public void ForgetBytes() => _valid = 0;

    /// <summary>Forgets which pages are watched; called with all translations dropped.</summary>
    public void ForgetPages()
    {
        _watched.Clear();
        _lastWatched = ulong.MaxValue;
    }

    public bool IsWatched(ulong start, ulong lengthBytes)
    {
        ulong first = GuestPage.Floor(start);
        ulong last = GuestPage.Floor(start + lengthBytes - 1);
        if (lengthBytes == 0 || _watched.Count == 0)
        {
            return false;
        }

        if ((last - first) >> GuestPage.Shift < (ulong)_watched.Count)
        {
            for (ulong page = first; page <= last; page += GuestPage.SizeBytes)
            {
                if (_watched.Contains(page))
                {
                    return true;
                }
            }

            return false;
        }

        foreach (ulong page in _watched)
        {
            if (page >= first && page <= last)
            {
                return true;
            }
        }

        return false;
    }

    /// <returns>False if a byte of the instruction can't be fetched; then
    /// <paramref name="faultAddress"/> is that byte's address.</returns>
    public bool TryDecode(ulong rip, out Instruction instruction, out ulong faultAddress)
    {
        faultAddress = 0;
        ulong offset = rip - _start;
        if (offset + InstructionBytesMax > (ulong)_valid || rip < _start)
        {
            Refill(rip);
            offset = 0;
        }

        _position = (int)offset;
        _decoder.IP = rip;
        _decoder.Decode(out instruction);
        if (instruction.IsInvalid && _decoder.LastError == DecoderError.NoMoreBytes)
        {
            faultAddress = rip + (ulong)_valid;
            return false;
        }

        int length = Math.Max(instruction.Length, 1);
        Watch(GuestPage.Floor(rip));
        Watch(GuestPage.Floor(rip + (ulong)length - 1));
        return true;
    }

    /// <summary>The bytes of the instruction decoded last.</summary>
    public ReadOnlySpan<byte> LastBytes(in Instruction instruction) =>
        _window.AsSpan((int)(instruction.IP - _start), instruction.Length);

    /// <summary>The byte at a place near the instruction decoded last, or -1.</summary>
    public int Peek(ulong address)
    {
        ulong offset = address - _start;
        return address >= _start && offset < (ulong)_valid ? _window[(int)offset] : -1;
    }

    /// <summary>What a guest load of 8 bytes would give now; for guesses only.</summary>
    public bool TryReadWord(ulong address, out ulong value) =>
        _memory.TryReadWord(address, out value);

    private void Refill(ulong rip)
    {
        _start = rip;
        _valid = _guest.MayHoldCode(rip) ? _memory.FetchCode(rip, _window) : 0;
    }

    private void Watch(ulong page)
    {
        if (page == _lastWatched || !WatchesPages)
        {
            return;
        }

        _lastWatched = page;
        if (_watched.Add(page))
        {
            _memory.WatchCode(page);
        }
    }
}
