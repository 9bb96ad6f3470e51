using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A TCP header (RFC 9293, section 3.1) with the options that are understood: maximum
/// segment size, and window scale (RFC 7323, section 2).</summary>
internal readonly record struct TcpHeader
{
    public const int SizeBytes = 20;

    /// <summary>Of a SYN: the header with both options, and one byte of padding.</summary>
    public const int SynSizeBytes = SizeBytes + 8;

    public const byte WindowScaleMax = 14;

    private const byte EndKind = 0;
    private const byte PaddingKind = 1;
    private const byte SegmentSizeKind = 2;
    private const byte WindowScaleKind = 3;

    public required ushort SourcePort { get; init; }

    public required ushort DestinationPort { get; init; }

    public required uint Sequence { get; init; }

    public required uint Acknowledgment { get; init; }

    public required TcpFlags Flags { get; init; }

    /// <summary>As in the header, not scaled.</summary>
    public required ushort Window { get; init; }

    public int? SegmentSize { get; init; }

    public byte? WindowScale { get; init; }

    /// <summary>With options; only of a header that was read.</summary>
    public int HeaderBytes { get; init; }

    public bool Has(TcpFlags flags) => (Flags & flags) == flags;

    public static bool TryRead(ReadOnlySpan<byte> segment, out TcpHeader header)
    {
        header = default;
        if (segment.Length < SizeBytes)
        {
            return false;
        }

        int headerBytes = (segment[12] >> 4) * 4;
        if (headerBytes < SizeBytes || headerBytes > segment.Length)
        {
            return false;
        }

        header = new TcpHeader
        {
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(segment),
            DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(segment[2..]),
            Sequence = BinaryPrimitives.ReadUInt32BigEndian(segment[4..]),
            Acknowledgment = BinaryPrimitives.ReadUInt32BigEndian(segment[8..]),
            Flags = (TcpFlags)(segment[13] & 0x3f),
            Window = BinaryPrimitives.ReadUInt16BigEndian(segment[14..]),
            HeaderBytes = headerBytes,
        };
        if (headerBytes > SizeBytes && header.Has(TcpFlags.Syn))
        {
            header = ReadOptions(header, segment[SizeBytes..headerBytes]);
        }

        return true;
    }

    /// <summary>Writes all but the checksum. Options are written on a SYN only.</summary>
    public void Write(Span<byte> segment)
    {
        int headerBytes = Has(TcpFlags.Syn) ? SynSizeBytes : SizeBytes;
        BinaryPrimitives.WriteUInt16BigEndian(segment, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(segment[2..], DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(segment[4..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment[8..], Acknowledgment);
        segment[12] = (byte)(headerBytes / 4 << 4);
        segment[13] = (byte)Flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment[14..], Window);
        BinaryPrimitives.WriteUInt32BigEndian(segment[16..], 0);
        if (Has(TcpFlags.Syn))
        {
            Invariant.Require(SegmentSize is not null);
            segment[20..28].Fill(PaddingKind);
            (segment[20], segment[21]) = (SegmentSizeKind, 4);
            BinaryPrimitives.WriteUInt16BigEndian(segment[22..], (ushort)SegmentSize.Value);
            if (WindowScale is { } scale)
            {
                (segment[25], segment[26], segment[27]) = (WindowScaleKind, 3, scale);
            }
        }
    }

    /// <summary>What is damaged or unknown is skipped, as RFC 9293 asks.</summary>
    private static TcpHeader ReadOptions(TcpHeader header, ReadOnlySpan<byte> options)
    {
        while (options.Length > 0 && options[0] != EndKind)
        {
            if (options[0] == PaddingKind)
            {
                options = options[1..];
                continue;
            }

            if (options.Length < 2 || options[1] < 2 || options[1] > options.Length)
            {
                break;
            }

            int length = options[1];
            if (options[0] == SegmentSizeKind && length == 4)
            {
                header = header with
                {
                    SegmentSize = BinaryPrimitives.ReadUInt16BigEndian(options[2..]),
                };
            }
            else if (options[0] == WindowScaleKind && length == 3)
            {
                header = header with { WindowScale = Math.Min(options[2], WindowScaleMax) };
            }

            options = options[length..];
        }

        return header;
    }
}
