namespace Dilaton.Machine;

/// <summary>Formats of disk images that are not raw, by the bytes at their beginning.</summary>
public static class DiskFormat
{
    /// <summary>Bytes that are enough to know them.</summary>
    public const int HeadBytes = 128;

    private static readonly (string Name, int At, byte[] Magic)[] s_known =
    [
        ("a qcow2 image", 0, [.. "QFI"u8, 0xfb]),
        ("a VMDK image", 0, [.. "KDMV"u8]),
        ("a VMDK image", 0, [.. "# Disk DescriptorFile"u8]),
        ("a VHDX image", 0, [.. "vhdxfile"u8]),
        ("a VHD image", 0, [.. "conectix"u8]),
        ("a VDI image", 0x40, [0x7f, 0x10, 0xda, 0xbe]),
        ("packed by gzip", 0, [0x1f, 0x8b, 8]),
        ("packed by xz", 0, [0xfd, .. "7zXZ"u8, 0]),
        ("packed by zstd", 0, [0x28, 0xb5, 0x2f, 0xfd]),
    ];

    /// <returns>What it is; null: none of them, so raw.</returns>
    public static string? NameOf(ReadOnlySpan<byte> head)
    {
        foreach ((string name, int at, byte[] magic) in s_known)
        {
            if (head.Length > at && head[at..].StartsWith(magic))
            {
                return name;
            }
        }

        return null;
    }
}
