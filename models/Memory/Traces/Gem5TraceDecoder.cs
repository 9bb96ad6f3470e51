using System.Text;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>gem5's packet trace (src/proto/packet.proto, src/proto/protoio.hh): the magic "gem5", then
/// messages behind their length, a header first. Times are kept to the picosecond, rounded down.
/// </summary>
internal sealed class Gem5TraceDecoder
{
    public const string Magic = "gem5";

    /// <summary>MemCmd::ReadReq and WriteReq of src/mem/packet.hh; its write-backs are the three
    /// that follow.</summary>
    public const uint ReadCommand = 1;
    public const uint WriteCommand = 4;

    private const int MessageMax = 1 << 16;

    private readonly TraceBytes _bytes;
    private readonly ulong _ticksPerSecond;

    public Gem5TraceDecoder(TraceBytes bytes)
    {
        _bytes = bytes;
        Span<byte> magic = stackalloc byte[4];
        bytes.Read(magic, "gem5's magic number");
        if (Encoding.ASCII.GetString(magic) != Magic)
        {
            throw new TraceException(0, "a packet trace begins with 'gem5'");
        }

        long offset = bytes.Offset;
        Dictionary<uint, ulong> header = Message()
            ?? throw new TraceException(offset, "the trace's header is missing");
        if (!header.TryGetValue(3, out _ticksPerSecond) || _ticksPerSecond == 0)
        {
            throw new TraceException(offset, "the trace's header has no tick frequency");
        }
    }

    public TraceRecord? Read()
    {
        while (true)
        {
            long offset = _bytes.Offset;
            if (Message() is not { } packet)
            {
                return null;
            }

            foreach ((uint field, string name) in
                new[] { (1u, "tick"), (2u, "command"), (3u, "address"), (4u, "size") })
            {
                if (!packet.ContainsKey(field))
                {
                    throw new TraceException(offset, $"a packet has no {name}");
                }
            }

            UInt128 picoseconds = (UInt128)packet[1] * 1_000_000_000_000 / _ticksPerSecond;
            if (picoseconds > ulong.MaxValue)
            {
                throw new TraceException(offset, $"tick {packet[1]} lies beyond the end of time");
            }

            return new TraceRecord(
                new VirtualTime((ulong)picoseconds), new VcpuId(0),
                packet[2] == ReadCommand ? MemoryEventKind.Load : KindOf(packet[2], offset),
                packet[3], (uint)Math.Min(packet[4], uint.MaxValue));
        }
    }

    private static MemoryEventKind KindOf(ulong command, long offset) => command == WriteCommand
        ? MemoryEventKind.Writeback
        : throw new TraceException(
            offset, $"command {command} is neither a read ({ReadCommand}) nor a write ({WriteCommand})");

    /// <summary>The numbers of a message by field; null at the end of the file.</summary>
    private Dictionary<uint, ulong>? Message()
    {
        if (_bytes.Peek() < 0)
        {
            return null;
        }

        long offset = _bytes.Offset;
        ulong length = Varint(offset);
        if (length > MessageMax)
        {
            throw new TraceException(offset, $"a message of {length} bytes is no packet");
        }

        long end = _bytes.Offset + (long)length;
        Dictionary<uint, ulong> fields = [];
        while (_bytes.Offset < end)
        {
            ulong tag = Varint(offset);
            switch (tag & 7)
            {
                case 0:
                    fields[(uint)(tag >> 3)] = Varint(offset);
                    break;
                case 2:
                    Skip(Varint(offset), end, offset);
                    break;
                case 1:
                    Skip(8, end, offset);
                    break;
                case 5:
                    Skip(4, end, offset);
                    break;
                default:
                    throw new TraceException(offset, "a message is damaged");
            }
        }

        return _bytes.Offset == end
            ? fields
            : throw new TraceException(offset, "a message is damaged: its fields do not end with it");
    }

    private void Skip(ulong count, long end, long message)
    {
        if (count > (ulong)Math.Max(0, end - _bytes.Offset))
        {
            throw new TraceException(message, "a message is damaged: a field is longer than it");
        }

        _bytes.Read(new byte[count], "a message");
    }

    private ulong Varint(long message)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int next = _bytes.Read();
            if (next < 0)
            {
                throw new TraceException(message, "a message is cut off");
            }

            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new TraceException(message, "a message is damaged: a number has no end");
    }
}
