using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Dilaton.Protocol;

/// <summary>Reads a recording message by message. The file is not trusted.</summary>
public sealed class WireRecordingReader : IDisposable
{
    private readonly Stream _file;
    private byte[] _message = new byte[4096];
    private int _headerBytes;
    private int _payloadBytes;

    /// <param name="file">Is disposed of with this.</param>
    /// <exception cref="WireRecordingException">It is no recording, or one of another version.
    /// </exception>
    public WireRecordingReader(Stream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        _file = file;
        Span<byte> head = stackalloc byte[WireRecordingFormat.HeadBytes];
        if (!TryFill(head) || !head.StartsWith(WireRecordingFormat.Magic))
        {
            throw new WireRecordingException("this is no recording of the wire, version 1");
        }

        uint version =
            BinaryPrimitives.ReadUInt32LittleEndian(head[WireRecordingFormat.MagicBytes..]);
        if (version != ProtocolLimits.Version)
        {
            throw new WireRecordingException(
                $"the recording is of protocol version {version}, known is "
                + $"{ProtocolLimits.Version}");
        }

        Session = ReadSession(
            BinaryPrimitives.ReadUInt32LittleEndian(head[(WireRecordingFormat.MagicBytes + 4)..]));
    }

    public string Session { get; }

    /// <summary>Messages read so far; the number of the current one.</summary>
    public long MessageNumber { get; private set; }

    /// <summary>The file ends within a message: who wrote it did not come to its end.</summary>
    public bool IsCutOff { get; private set; }

    public WireDirection Direction { get; private set; }

    public string Partner { get; private set; } = "";

    /// <summary>Frame 0; valid until the next is read.</summary>
    public ReadOnlySpan<byte> Header => _message.AsSpan(0, _headerBytes);

    /// <summary>Frame 1; valid until the next is read.</summary>
    public ReadOnlySpan<byte> Payload => _message.AsSpan(_headerBytes, _payloadBytes);

    /// <returns>False at the end.</returns>
    /// <exception cref="WireRecordingException">The file is damaged.</exception>
    public bool TryRead()
    {
        Span<byte> entry = stackalloc byte[WireRecordingFormat.EntryBytes];
        if (!TryFill(entry))
        {
            return false;
        }

        uint header = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
        ulong payload = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
        if (entry[0] > (byte)WireDirection.ToWorker || entry[2] != 0 || entry[3] != 0
            || header > ProtocolLimits.HeaderBytesMax || payload > ProtocolLimits.PayloadBytesMax)
        {
            Fail($"message {MessageNumber + 1} does not begin as one");
        }

        Span<byte> name = stackalloc byte[entry[1]];
        int bytes = (int)header + (int)payload;
        if (bytes > _message.Length)
        {
            _message = new byte[Math.Max(bytes, _message.Length * 2)];
        }

        Span<byte> gap = stackalloc byte[WireRecordingFormat.Gap((long)name.Length + bytes)];
        if (!TryFill(name) || !TryFill(_message.AsSpan(0, bytes)) || !TryFill(gap))
        {
            IsCutOff = true;
            return false;
        }

        Direction = (WireDirection)entry[0];
        Partner = Encoding.Latin1.GetString(name);
        _headerBytes = (int)header;
        _payloadBytes = (int)payload;
        MessageNumber++;
        return true;
    }

    public void Dispose() => _file.Dispose();

    private string ReadSession(uint bytes)
    {
        if (bytes > WireRecordingFormat.SessionBytesMax)
        {
            Fail($"its session's name has {bytes} bytes");
        }

        byte[] text = new byte[(int)bytes + WireRecordingFormat.Gap(bytes)];
        if (!TryFill(text))
        {
            Fail("it ends within its head");
        }

        return Encoding.UTF8.GetString(text, 0, (int)bytes);
    }

    // What is left of a message that was cut off is no message.
    private bool TryFill(Span<byte> destination)
    {
        int read = _file.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        IsCutOff |= read > 0 && read < destination.Length;
        return read == destination.Length;
    }

    [DoesNotReturn]
    private static void Fail(string what) =>
        throw new WireRecordingException($"the recording is damaged: {what}");
}
