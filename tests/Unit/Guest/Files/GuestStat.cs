using System.Buffers.Binary;

namespace Dilaton.Tests.Unit.Guest.Files;

/// <summary><c>struct stat</c> as a guest reads it.</summary>
internal sealed record GuestStat(
    ulong Device,
    ulong Inode,
    ulong LinkCount,
    uint Mode,
    uint UserId,
    long SizeBytes,
    long Blocks,
    long ModifySeconds,
    long ModifyNanoseconds)
{
    public static GuestStat Decode(ReadOnlySpan<byte> buffer) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(buffer),
        BinaryPrimitives.ReadUInt64LittleEndian(buffer[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(buffer[16..]),
        BinaryPrimitives.ReadUInt32LittleEndian(buffer[24..]),
        BinaryPrimitives.ReadUInt32LittleEndian(buffer[28..]),
        BinaryPrimitives.ReadInt64LittleEndian(buffer[48..]),
        BinaryPrimitives.ReadInt64LittleEndian(buffer[64..]),
        BinaryPrimitives.ReadInt64LittleEndian(buffer[88..]),
        BinaryPrimitives.ReadInt64LittleEndian(buffer[96..]));
}
