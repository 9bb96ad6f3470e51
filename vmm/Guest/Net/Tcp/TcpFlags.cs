namespace Dilaton.Guest;

/// <summary>Control bits of a TCP header (RFC 9293, section 3.1).</summary>
[Flags]
internal enum TcpFlags
{
    None = 0,
    Fin = 0x01,
    Syn = 0x02,
    Reset = 0x04,
    Push = 0x08,
    Acknowledge = 0x10,
    Urgent = 0x20,
}
