using System.Buffers.Binary;
using System.Text;

namespace Dilaton.Guest;

/// <summary>Reads DWARF's kinds of numbers from a section (DWARF 5, 7.6 and 7.5.6).</summary>
internal ref struct DwarfCursor(ReadOnlySpan<byte> bytes, int at)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int At { get; private set; } = at;

    public readonly bool IsAtEnd => At >= _bytes.Length;

    public byte Byte() => Take(1)[0];

    public ushort Half() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint Word() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong Quad() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>An offset into a section, 8 bytes in 64-bit DWARF.</summary>
    public ulong Offset(bool isWide) => isWide ? Quad() : Word();

    public ulong Unsigned()
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = Byte();
            value |= shift < 64 ? (ulong)(part & 0x7f) << shift : 0;
            if ((part & 0x80) == 0)
            {
                return value;
            }
        }
    }

    public long Signed()
    {
        long value = 0;
        int shift = 0;
        byte part;
        do
        {
            part = Byte();
            value |= shift < 64 ? (long)(part & 0x7f) << shift : 0;
            shift += 7;
        }
        while ((part & 0x80) != 0);

        return shift < 64 && (part & 0x40) != 0 ? value | (-1L << shift) : value;
    }

    public string Text()
    {
        int length = _bytes[Math.Min(At, _bytes.Length)..].IndexOf((byte)0);
        if (length < 0)
        {
            throw Truncated();
        }

        string text = Encoding.UTF8.GetString(_bytes.Slice(At, length));
        At += length + 1;
        return text;
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || At < 0 || At > _bytes.Length - count)
        {
            throw Truncated();
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(At, count);
        At += count;
        return taken;
    }

    public void Skip(ulong count) => Take((int)Math.Min(count, int.MaxValue));

    public void JumpTo(int position) => At = position;

    private readonly DwarfException Truncated() => new($"it ends within what begins at 0x{At:x}");
}
