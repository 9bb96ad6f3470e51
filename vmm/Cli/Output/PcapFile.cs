using System.Buffers.Binary;

namespace Dilaton.Cli;

/// <summary>Frames in libpcap's format, with times to the nanosecond, rounded down. See "PCAP
/// Capture File Format", draft-ietf-opsawg-pcap.</summary>
internal sealed class PcapFile : IDisposable
{
    private const uint MagicNanoseconds = 0xa1b2_3c4d;
    private const ushort MajorVersion = 2;
    private const ushort MinorVersion = 4;
    private const uint SnapLength = 1 << 18;
    private const uint LinkTypeEthernet = 1;
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;
    private const ulong PicosecondsPerNanosecond = 1_000;

    private readonly FileStream _stream;
    private readonly ulong _epochSeconds;

    public PcapFile(string path, GuestEpoch epoch)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _stream = new FileStream(path, FileMode.Create, FileAccess.Write);
        _epochSeconds = (ulong)epoch.UnixSeconds;
        Span<byte> header = stackalloc byte[24];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, MagicNanoseconds);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], MajorVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], MinorVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], SnapLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], LinkTypeEthernet);
        _stream.Write(header);
    }

    public void Write(ulong timePs, ReadOnlySpan<byte> frame)
    {
        Span<byte> header = stackalloc byte[16];
        ulong seconds = _epochSeconds + (timePs / PicosecondsPerSecond);
        ulong rest = timePs % PicosecondsPerSecond / PicosecondsPerNanosecond;
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)rest);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)frame.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)frame.Length);
        _stream.Write(header);
        _stream.Write(frame);
    }

    public void Flush() => _stream.Flush();

    public void Dispose() => _stream.Dispose();
}
