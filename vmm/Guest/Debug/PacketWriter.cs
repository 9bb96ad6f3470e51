namespace Dilaton.Guest;

/// <summary>Packets as a debugger takes them.</summary>
public static class PacketWriter
{
    private const byte EscapeBit = 0x20;

    /// <summary>The payload with its frame, its escapes and its checksum.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> payload)
    {
        List<byte> packet = new(payload.Length + 8) { (byte)'$' };
        int sum = 0;
        void Add(byte value)
        {
            packet.Add(value);
            sum += value;
        }

        foreach (byte value in payload)
        {
            if (value is (byte)'$' or (byte)'#' or (byte)'}' or (byte)'*')
            {
                Add((byte)'}');
                Add((byte)(value ^ EscapeBit));
            }
            else
            {
                Add(value);
            }
        }

        packet.Add((byte)'#');
        packet.Add(HexText.Character((sum >> 4) & 15));
        packet.Add(HexText.Character(sum & 15));
        return [.. packet];
    }
}
