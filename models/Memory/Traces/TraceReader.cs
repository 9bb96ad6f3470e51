using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Reads a trace of any of the formats. Prospero's cycles are of the clock that the reader
/// is given.</summary>
public sealed class TraceReader : IDisposable
{
    private const int LineMax = 200;
    private const uint SizeMax = 4096;

    private readonly Stream _stream;
    private readonly TraceBytes _bytes;
    private readonly TraceFormat _format;
    private readonly Frequency _clock;
    private readonly Gem5TraceDecoder? _gem5;
    private VirtualTime _last;
    private ulong _count;
    private bool _isOver;

    /// <param name="file">Can seek; is closed with the reader.</param>
    /// <exception cref="TraceException">It does not begin as the format says.</exception>
    public TraceReader(Stream file, TraceFormat format, Frequency clock)
    {
        ArgumentNullException.ThrowIfNull(file);
        _stream = TraceBytes.Unpack(file);
        _bytes = new TraceBytes(_stream);
        (_format, _clock) = (format, clock);
        if (format == TraceFormat.Dilaton)
        {
            string head = Line() ?? "";
            if (head != TraceWriter.Head)
            {
                throw new TraceException(0, $"a trace of ours begins with '{TraceWriter.Head}'");
            }
        }

        _gem5 = format == TraceFormat.Gem5 ? new Gem5TraceDecoder(_bytes) : null;
    }

    /// <exception cref="TraceException">The file is cut off or damaged there.</exception>
    public bool TryRead(out TraceRecord record)
    {
        record = default;
        if (_isOver)
        {
            return false;
        }

        long offset = _bytes.Offset;
        TraceRecord? read = _format switch
        {
            TraceFormat.Dilaton => Own(offset),
            TraceFormat.Prospero => ProsperoText(offset),
            TraceFormat.ProsperoBinary => ProsperoRecord(offset),
            _ => _gem5!.Read(),
        };
        if (read is not { } found)
        {
            _isOver = true;
            return false;
        }

        if (found.SizeBytes is 0 or > SizeMax)
        {
            throw new TraceException(offset, $"{found.SizeBytes} bytes are no size of an access");
        }

        if (found.At < _last)
        {
            throw new TraceException(
                offset, $"{found.At.Picoseconds}ps is before the request before it, {_last.Picoseconds}ps");
        }

        (_last, record) = (found.At, found);
        _count++;
        return true;
    }

    public void Dispose() => _stream.Dispose();

    private TraceRecord? Own(long offset)
    {
        string line = Line() ?? throw new TraceException(
            offset, "the trace is cut off: its last line, 'end' and the number of requests, is missing");
        string[] words = line.Split(' ');
        if (words.Length == 2 && words[0] == "end")
        {
            if (words[1] != _count.ToString(CultureInfo.InvariantCulture) || _bytes.Peek() >= 0)
            {
                throw new TraceException(offset, $"the trace ends with '{line}' after {_count} requests");
            }

            return null;
        }

        if (words.Length != 5 || !Number(words[0], out ulong at)
            || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int vcpu)
            || !TraceWriter.TryParseKind(words[2], out MemoryEventKind kind)
            || !words[3].StartsWith("0x", StringComparison.Ordinal)
            || !ulong.TryParse(
                words[3].AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out ulong address)
            || !Number(words[4], out ulong size))
        {
            throw new TraceException(
                offset, $"'{line}' is not 'TIME VCPU KIND 0xADDRESS SIZE'");
        }

        return new TraceRecord(
            new VirtualTime(at), new VcpuId(vcpu), kind, address, (uint)Math.Min(size, uint.MaxValue));
    }

    private TraceRecord? ProsperoText(long offset)
    {
        if (Line() is not { } line)
        {
            return null;
        }

        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 4 || !Number(words[0], out ulong cycle)
            || words[1] is not ("R" or "r" or "W" or "w")
            || !Number(words[2], out ulong address) || !Number(words[3], out ulong size))
        {
            throw new TraceException(offset, $"'{line}' is not 'CYCLE R|W ADDRESS SIZE'");
        }

        return Prospero(offset, cycle, words[1][0], address, (uint)Math.Min(size, uint.MaxValue));
    }

    private TraceRecord? ProsperoRecord(long offset)
    {
        if (_bytes.Peek() < 0)
        {
            return null;
        }

        Span<byte> record = stackalloc byte[21];
        _bytes.Read(record, "a record");
        char kind = (char)record[8];
        if (kind is not ('R' or 'r' or 'W' or 'w'))
        {
            throw new TraceException(offset + 8, $"byte {(int)kind} is neither R nor W");
        }

        return Prospero(
            offset,
            BinaryPrimitives.ReadUInt64LittleEndian(record),
            kind,
            BinaryPrimitives.ReadUInt64LittleEndian(record[9..]),
            BinaryPrimitives.ReadUInt32LittleEndian(record[17..]));
    }

    private TraceRecord Prospero(long offset, ulong cycle, char kind, ulong address, uint size)
    {
        UInt128 picoseconds = (UInt128)cycle * 1_000_000_000_000 / _clock.Hertz;
        if (picoseconds > ulong.MaxValue)
        {
            throw new TraceException(offset, $"cycle {cycle} lies beyond the end of time");
        }

        return new TraceRecord(
            new VirtualTime((ulong)picoseconds), new VcpuId(0),
            kind is 'W' or 'w' ? MemoryEventKind.Writeback : MemoryEventKind.Load, address, size);
    }

    private static bool Number(string text, out ulong value) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <returns>Null at the end.</returns>
    private string? Line()
    {
        if (_bytes.Peek() < 0)
        {
            return null;
        }

        long offset = _bytes.Offset;
        StringBuilder text = new();
        for (int next = _bytes.Read(); next != '\n'; next = _bytes.Read())
        {
            if (next < 0)
            {
                throw new TraceException(offset, $"the line '{text}' is cut off");
            }

            if (text.Length == LineMax || next is 0 or > 126)
            {
                throw new TraceException(offset, "this is no line of text");
            }

            text.Append((char)next);
        }

        return text.ToString();
    }
}
