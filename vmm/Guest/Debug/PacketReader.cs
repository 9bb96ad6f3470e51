namespace Dilaton.Guest;

/// <summary>Finds the packets in what a debugger sends, byte by byte (GDB manual, "Overview" of the
/// remote serial protocol).
/// <code>
///          '$'            '#'           two digits
/// between ────> payload ────> checksum ───────────> Packet or Damaged, between
///    │  '+' '-' 3           '}': the next byte ^ 0x20
///    └──────────> Acknowledged, Refused, Interrupt; all else is ignored
/// </code></summary>
public sealed class PacketReader
{
    /// <summary>No payload is longer.</summary>
    public const int PayloadBytesMax = 64 << 10;

    private const byte InterruptByte = 3;
    private const byte EscapeByte = (byte)'}';
    private const byte EscapeBit = 0x20;

    private readonly byte[] _payload = new byte[PayloadBytesMax];
    private int _length;
    private int _sum;
    private int _digits;
    private int _stated;
    private bool _isEscaped;
    private bool _isTooLong;
    private State _state;

    private enum State
    {
        Between,
        Payload,
        Checksum,
    }

    /// <summary>Of the packet just completed, without escapes; until the next byte.</summary>
    public ReadOnlySpan<byte> Payload => _payload.AsSpan(0, _length);

    public PacketEvent Take(byte value)
    {
        switch (_state)
        {
            case State.Between:
                return TakeBetween(value);
            case State.Payload:
                TakePayload(value);
                return PacketEvent.None;
            default:
                return TakeChecksum(value);
        }
    }

    private PacketEvent TakeBetween(byte value)
    {
        switch (value)
        {
            case (byte)'$':
                Begin();
                return PacketEvent.None;
            case (byte)'+':
                return PacketEvent.Acknowledged;
            case (byte)'-':
                return PacketEvent.Refused;
            case InterruptByte:
                return PacketEvent.Interrupt;
            default:
                return PacketEvent.None;
        }
    }

    private void Begin()
    {
        _state = State.Payload;
        (_length, _sum, _digits, _stated) = (0, 0, 0, 0);
        (_isEscaped, _isTooLong) = (false, false);
    }

    private void TakePayload(byte value)
    {
        switch (value)
        {
            case (byte)'#':
                _state = State.Checksum;
                return;
            case (byte)'$':
                // Its end was lost.
                Begin();
                return;
            default:
                break;
        }

        _sum += value;
        if (!_isEscaped && value == EscapeByte)
        {
            _isEscaped = true;
            return;
        }

        value ^= _isEscaped ? EscapeBit : (byte)0;
        _isEscaped = false;
        _isTooLong |= _length == PayloadBytesMax;
        if (!_isTooLong)
        {
            _payload[_length++] = value;
        }
    }

    private PacketEvent TakeChecksum(byte value)
    {
        int digit = HexText.Digit(value);
        _stated = digit < 0 ? -1 : (_stated << 4) | digit;
        if (digit >= 0 && ++_digits < 2)
        {
            return PacketEvent.None;
        }

        _state = State.Between;
        if (value == '$')
        {
            Begin();
            return PacketEvent.Damaged;
        }

        return _stated == (byte)_sum && !_isTooLong && !_isEscaped
            ? PacketEvent.Packet
            : PacketEvent.Damaged;
    }
}
