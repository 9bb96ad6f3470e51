using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>ICMP (RFC 792, RFC 1122 section 3.2.2): answers echo requests, says that a port or
/// protocol is not served, and hands errors about our packets to who sent them.</summary>
internal sealed class IcmpLayer(Ipv4Layer ip) : IIpProtocol
{
    public const byte EchoReply = 0;
    public const byte Unreachable = 3;
    public const byte EchoRequest = 8;
    public const byte TimeExceeded = 11;
    public const byte ProtocolCode = 2;
    public const byte PortCode = 3;
    public const int HeaderBytes = 8;

    /// <summary>How much of a packet goes back beside its IP header.</summary>
    private const int QuotedBytes = 8;

    public ulong ErrorsSent { get; private set; }

    public ulong EchoesAnswered { get; private set; }

    public void Receive(in Ipv4Header header, ReadOnlyMemory<byte> packet)
    {
        ReadOnlySpan<byte> message = packet.Span[header.HeaderBytes..];
        if (message.Length < HeaderBytes || InternetChecksum.Of(message) != 0)
        {
            return;
        }

        switch (message[0])
        {
            case EchoRequest when !ip.IsBroadcast(header.Destination):
                Answer(header, message);
                break;
            case Unreachable:
                Report(message[HeaderBytes..], ErrorOf(message[1]));
                break;
            case TimeExceeded:
                Report(message[HeaderBytes..], Errno.EHOSTUNREACH);
                break;
            default:
                // Other kinds ask for nothing and tell nothing that a host acts upon.
                break;
        }
    }

    public void Undelivered(in Ipv4Header header, ReadOnlySpan<byte> start, int error)
    {
        // Nobody waits for the answer to an ICMP message of ours.
    }

    /// <summary>Sends a received packet's start back; never for broadcasts (RFC 1122).</summary>
    public void SendUnreachable(in Ipv4Header header, ReadOnlyMemory<byte> packet, byte code)
    {
        if (ip.IsBroadcast(header.Destination) || ip.IsBroadcast(header.Source))
        {
            return;
        }

        ErrorsSent++;
        int quoted = Math.Min(packet.Length, header.HeaderBytes + QuotedBytes);
        byte[] frame = Ipv4Layer.CreateFrame(HeaderBytes + quoted);
        Span<byte> message = frame.AsSpan(Ipv4Layer.TransportOffset, HeaderBytes + quoted);
        (message[0], message[1]) = (Unreachable, code);
        packet.Span[..quoted].CopyTo(message[HeaderBytes..]);
        Send(frame, message, header);
    }

    private void Answer(in Ipv4Header header, ReadOnlySpan<byte> request)
    {
        EchoesAnswered++;
        byte[] frame = Ipv4Layer.CreateFrame(request.Length);
        Span<byte> message = frame.AsSpan(Ipv4Layer.TransportOffset, request.Length);
        request.CopyTo(message);
        message[0] = EchoReply;
        Send(frame, message, header);
    }

    private void Send(byte[] frame, Span<byte> message, in Ipv4Header cause)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.Of(message));
        ip.Send(
            frame,
            new Ipv4Header
            {
                Source = cause.Destination,
                Destination = cause.Source,
                Protocol = Ipv4Header.IcmpProtocol,
                PayloadBytes = message.Length,
            },
            null);
    }

    /// <summary>The quoted packet is cut off, so its length is not that of the quote.</summary>
    private void Report(ReadOnlySpan<byte> quoted, int error)
    {
        if (quoted.Length < Ipv4Header.SizeBytes + QuotedBytes)
        {
            return;
        }

        Span<byte> copy = stackalloc byte[PacketRoomBytes];
        int headerBytes = (quoted[0] & 15) * 4;
        if (quoted.Length < headerBytes + QuotedBytes)
        {
            return;
        }

        copy.Clear();
        quoted[..Math.Min(quoted.Length, PacketRoomBytes)].CopyTo(copy);
        var header = new Ipv4Header
        {
            Source = new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(copy[12..])),
            Destination = new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(copy[16..])),
            Protocol = copy[9],
            PayloadBytes = QuotedBytes,
        };
        ip.ReportUndelivered(header, copy.Slice(headerBytes, QuotedBytes), error);
    }

    private const int PacketRoomBytes = 68 + QuotedBytes;

    /// <summary>As icmp_err_convert in the manual page icmp(7) lists them.</summary>
    private static int ErrorOf(byte code) => code switch
    {
        0 or 6 or 9 or 11 => Errno.ENETUNREACH,
        2 => Errno.ENOPROTOOPT,
        3 => Errno.ECONNREFUSED,
        4 => Errno.EMSGSIZE,
        _ => Errno.EHOSTUNREACH,
    };
}
