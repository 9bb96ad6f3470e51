using System.Buffers.Binary;
using Dilaton.Guest;
using Dilaton.Native;
using Microsoft.Win32.SafeHandles;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest.Files;

/// <summary>Our layouts against what the host's kernel writes for the same file.</summary>
public sealed class StatBufferTests
{
    private const int OpenPath = 0x200000;

    [Fact]
    public void Stat_HasTheKernelsLayout()
    {
        byte[] native = new byte[StatBuffer.StatSizeBytes];
        NativeSystem.Call(4, "/dev/null", native).ShouldBe(0);
        byte[] ours = new byte[StatBuffer.StatSizeBytes];
        StatBuffer.EncodeStat(Decode(native), ours);
        ours.ShouldBe(native);
    }

    [Fact]
    public void Statx_HasTheKernelsLayout()
    {
        const int DevicesEnd = 144;
        byte[] stat = new byte[StatBuffer.StatSizeBytes];
        byte[] native = new byte[StatBuffer.StatxSizeBytes];
        NativeSystem.Call(4, "/dev/null", stat).ShouldBe(0);
        NativeSystem.Call(332, -100, "/dev/null", 0, 0xfff, native).ShouldBe(0);
        UnixTime birth = new(
            BinaryPrimitives.ReadInt64LittleEndian(native.AsSpan(80)),
            BinaryPrimitives.ReadUInt32LittleEndian(native.AsSpan(88)));
        byte[] ours = new byte[StatBuffer.StatxSizeBytes];
        StatBuffer.EncodeStatx(Decode(stat) with { BirthTime = birth }, ours);

        // The mask and the attributes tell what the file system can, not what the file is.
        foreach (int at in (int[])[0, 8, 56])
        {
            native.AsSpan(at, at == 0 ? 4 : 8).CopyTo(ours.AsSpan(at));
        }

        ours[..DevicesEnd].ShouldBe(native[..DevicesEnd]);
    }

    [Fact]
    public void HostStatus_AgreesWithStat()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "12345");
            byte[] native = new byte[StatBuffer.StatSizeBytes];
            NativeSystem.Call(4, path, native).ShouldBe(0);
            using var handle = new SafeFileHandle(
                (nint)NativeSystem.Call(2, path, OpenPath, 0), ownsHandle: true);
            HostFiles.Status(handle, out HostFileStatus status).ShouldBe(0);

            status.SizeBytes.ShouldBe(5ul);
            status.Inode.ShouldBe(BinaryPrimitives.ReadUInt64LittleEndian(native.AsSpan(8)));
            status.Mode.ShouldBe(BinaryPrimitives.ReadUInt32LittleEndian(native.AsSpan(24)));
            status.LinkCount.ShouldBe(1u);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static FileStatus Decode(byte[] stat) => new()
    {
        Device = BinaryPrimitives.ReadUInt64LittleEndian(stat),
        Inode = BinaryPrimitives.ReadUInt64LittleEndian(stat.AsSpan(8)),
        LinkCount = (uint)BinaryPrimitives.ReadUInt64LittleEndian(stat.AsSpan(16)),
        Mode = BinaryPrimitives.ReadUInt32LittleEndian(stat.AsSpan(24)),
        UserId = BinaryPrimitives.ReadUInt32LittleEndian(stat.AsSpan(28)),
        GroupId = BinaryPrimitives.ReadUInt32LittleEndian(stat.AsSpan(32)),
        RawDevice = BinaryPrimitives.ReadUInt64LittleEndian(stat.AsSpan(40)),
        SizeBytes = BinaryPrimitives.ReadInt64LittleEndian(stat.AsSpan(48)),
        AccessTime = Time(stat, 72),
        ModifyTime = Time(stat, 88),
        ChangeTime = Time(stat, 104),
    };

    private static UnixTime Time(byte[] stat, int at) => new(
        BinaryPrimitives.ReadInt64LittleEndian(stat.AsSpan(at)),
        BinaryPrimitives.ReadUInt32LittleEndian(stat.AsSpan(at + 8)));
}
