using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Writes a trace. Requests come in the order of time.</summary>
public sealed class TraceWriter : IDisposable
{
    public const string Head = "dilaton-requests 1";

    private const ulong PicosecondsPerSecond = 1_000_000_000_000;

    private readonly Stream _stream;
    private readonly TraceFormat _format;
    private readonly Frequency _clock;
    private readonly byte[] _message = new byte[64];
    private ulong _count;

    /// <param name="file">Is closed with the writer.</param>
    /// <param name="clock">Whose cycles Prospero's times are, rounded down.</param>
    /// <param name="origin">Who made it; told in gem5's header.</param>
    public TraceWriter(Stream file, TraceFormat format, Frequency clock, string origin)
    {
        ArgumentNullException.ThrowIfNull(file);
        (_format, _clock) = (format, clock);
        _stream = new BufferedStream(
            format == TraceFormat.Gem5 ? new GZipStream(file, CompressionLevel.Fastest) : file, 1 << 16);
        if (format == TraceFormat.Dilaton)
        {
            Text(Head);
        }
        else if (format == TraceFormat.Gem5)
        {
            _stream.Write(Encoding.ASCII.GetBytes(Gem5TraceDecoder.Magic));
            Header(origin);
        }
    }

    public static string WordOf(MemoryEventKind kind) => kind.ToString().ToLowerInvariant();

    public static bool TryParseKind(string word, out MemoryEventKind kind)
    {
        foreach (MemoryEventKind known in Enum.GetValues<MemoryEventKind>())
        {
            if (WordOf(known) == word)
            {
                kind = known;
                return true;
            }
        }

        kind = default;
        return false;
    }

    public void Write(in TraceRecord record)
    {
        _count++;
        switch (_format)
        {
            case TraceFormat.Dilaton:
                Text(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{record.At.Picoseconds} {record.Vcpu.Index} {WordOf(record.Kind)} "
                        + $"0x{record.Address:x} {record.SizeBytes}"));
                break;
            case TraceFormat.Prospero:
                Text(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{CycleOf(record)} {(record.IsWrite ? 'W' : 'R')} {record.Address} "
                        + $"{record.SizeBytes}"));
                break;
            case TraceFormat.ProsperoBinary:
                Span<byte> bytes = _message.AsSpan(0, 21);
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, CycleOf(record));
                bytes[8] = (byte)(record.IsWrite ? 'W' : 'R');
                BinaryPrimitives.WriteUInt64LittleEndian(bytes[9..], record.Address);
                BinaryPrimitives.WriteUInt32LittleEndian(bytes[17..], record.SizeBytes);
                _stream.Write(bytes);
                break;
            default:
                Packet(record);
                break;
        }
    }

    public void Dispose()
    {
        if (_format == TraceFormat.Dilaton)
        {
            Text(string.Create(CultureInfo.InvariantCulture, $"end {_count}"));
        }

        _stream.Dispose();
    }

    private ulong CycleOf(in TraceRecord record) =>
        (ulong)((UInt128)record.At.Picoseconds * _clock.Hertz / PicosecondsPerSecond);

    private void Text(string line) => _stream.Write(Encoding.ASCII.GetBytes(line + "\n"));

    private void Packet(in TraceRecord record)
    {
        int length = 0;
        Field(ref length, 1, record.At.Picoseconds);
        Field(ref length, 2, record.IsWrite
            ? Gem5TraceDecoder.WriteCommand
            : Gem5TraceDecoder.ReadCommand);
        Field(ref length, 3, record.Address);
        Field(ref length, 4, record.SizeBytes);
        Field(ref length, 6, (ulong)record.Vcpu.Index);
        Message(length);
    }

    private void Header(string origin)
    {
        byte[] name = Encoding.ASCII.GetBytes(origin[..Math.Min(origin.Length, 32)]);
        int length = 0;
        Varint(ref length, (1 << 3) | 2);
        Varint(ref length, (ulong)name.Length);
        name.CopyTo(_message, length);
        length += name.Length;
        Field(ref length, 3, PicosecondsPerSecond);
        Message(length);
    }

    private void Message(int length)
    {
        // Shorter than 128 bytes: its length is one.
        _stream.WriteByte((byte)length);
        _stream.Write(_message, 0, length);
    }

    private void Field(ref int length, uint number, ulong value)
    {
        Varint(ref length, number << 3);
        Varint(ref length, value);
    }

    private void Varint(ref int length, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _message[length++] = (byte)(value | 0x80);
        }

        _message[length++] = (byte)value;
    }
}
