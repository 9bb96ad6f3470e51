using System.IO.Compression;

namespace Dilaton.Models.Memory;

/// <summary>Reads a file byte by byte and knows where it is.</summary>
internal sealed class TraceBytes(Stream stream)
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _head;
    private int _tail;

    /// <summary>Of the next byte.</summary>
    public long Offset { get; private set; }

    /// <returns>-1 at the end.</returns>
    public int Read()
    {
        if (_head == _tail && !Fill())
        {
            return -1;
        }

        Offset++;
        return _buffer[_head++];
    }

    public int Peek() => _head == _tail && !Fill() ? -1 : _buffer[_head];

    /// <exception cref="TraceException">It ends before.</exception>
    public void Read(Span<byte> bytes, string what)
    {
        long start = Offset;
        for (int i = 0; i < bytes.Length; i++)
        {
            int next = Read();
            if (next < 0)
            {
                throw new TraceException(
                    start, $"{what} is cut off: {i} of {bytes.Length} bytes are there");
            }

            bytes[i] = (byte)next;
        }
    }

    private bool Fill()
    {
        try
        {
            (_head, _tail) = (0, stream.Read(_buffer));
        }
        catch (InvalidDataException damaged)
        {
            throw new TraceException(Offset, $"the compressed data are damaged: {damaged.Message}");
        }

        return _tail > 0;
    }

    /// <summary>The stream, unpacked if it is gzip's.</summary>
    public static Stream Unpack(Stream file)
    {
        Span<byte> magic = stackalloc byte[2];
        int count = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        file.Position = 0;
        return count == 2 && magic[0] == 0x1f && magic[1] == 0x8b
            ? new GZipStream(file, CompressionMode.Decompress)
            : file;
    }
}
