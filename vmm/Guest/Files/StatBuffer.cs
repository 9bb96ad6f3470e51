using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>Writes a file's status in the layouts of the x86-64 kernel interface.</summary>
internal static class StatBuffer
{
    public const int StatSizeBytes = 144;
    public const int StatxSizeBytes = 256;
    public const int StatfsSizeBytes = 120;

    private const uint StatxBasicAndBirth = 0xfff;
    private const uint StatxMountId = 0x1000;

    /// <summary><c>struct stat</c>.</summary>
    public static void EncodeStat(in FileStatus status, Span<byte> buffer)
    {
        buffer[..StatSizeBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, status.Device);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], status.Inode);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[16..], status.LinkCount);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[24..], status.Mode);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[28..], status.UserId);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[32..], status.GroupId);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[40..], status.RawDevice);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[48..], status.SizeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[56..], FileStatus.BlockSizeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[64..], status.Blocks);
        WriteTime(buffer[72..], status.AccessTime);
        WriteTime(buffer[88..], status.ModifyTime);
        WriteTime(buffer[104..], status.ChangeTime);
    }

    /// <summary><c>struct statx</c>.</summary>
    public static void EncodeStatx(in FileStatus status, Span<byte> buffer)
    {
        buffer[..StatxSizeBytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, StatxBasicAndBirth | StatxMountId);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[4..], FileStatus.BlockSizeBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[16..], status.LinkCount);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[20..], status.UserId);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[24..], status.GroupId);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer[28..], (ushort)status.Mode);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[32..], status.Inode);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[40..], status.SizeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[48..], status.Blocks);
        WriteTime(buffer[64..], status.AccessTime);
        WriteTime(buffer[80..], status.BirthTime);
        WriteTime(buffer[96..], status.ChangeTime);
        WriteTime(buffer[112..], status.ModifyTime);
        WriteDevice(buffer[128..], status.RawDevice);
        WriteDevice(buffer[136..], status.Device);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[144..], status.Device);
    }

    /// <summary><c>struct statfs</c>, with fixed numbers: half of 16 GiB is free.</summary>
    public static void EncodeStatfs(FileVolume volume, Span<byte> buffer)
    {
        const long Blocks = 4L << 20;
        const long NameLengthMax = 255;
        const long ReadOnlyFlag = 1;
        const long ValidFlag = 0x20;
        bool hasBlocks = volume.HasBlocks;
        buffer[..StatfsSizeBytes].Clear();
        BinaryPrimitives.WriteInt64LittleEndian(buffer, volume.Magic);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[8..], FileStatus.BlockSizeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[16..], hasBlocks ? Blocks : 0);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[24..], hasBlocks ? Blocks / 2 : 0);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[32..], hasBlocks ? Blocks / 2 : 0);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[40..], hasBlocks ? Blocks / 4 : 0);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[48..], hasBlocks ? Blocks / 8 : 0);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[56..], volume.Device);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[64..], NameLengthMax);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[72..], FileStatus.BlockSizeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(
            buffer[80..], ValidFlag | (volume.IsReadOnly ? ReadOnlyFlag : 0));
    }

    private static void WriteTime(Span<byte> buffer, UnixTime time)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer, time.Seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[8..], time.Nanoseconds);
    }

    private static void WriteDevice(Span<byte> buffer, ulong device)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, DeviceNumbers.Major(device));
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[4..], DeviceNumbers.Minor(device));
    }
}
