using Dilaton.Core;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Machine;

/// <summary>A raw image, which is only read. The sector in which the file ends is filled up with zeros.
/// </summary>
public sealed class DiskImage : IDiskStore
{
    public const int SectorBytes = 512;

    /// <summary>16 TiB.</summary>
    public const ulong SizeMax = 1UL << 44;

    private readonly SafeFileHandle _file;

    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it be.</exception>
    /// <exception cref="ImageException">It is no disk image.</exception>
    public DiskImage(string path)
    {
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        ulong length = (ulong)RandomAccess.GetLength(_file);
        if (length is 0 or > SizeMax)
        {
            _file.Dispose();
            throw new ImageException($"'{path}' has {length} bytes: a disk image has 1 to {SizeMax}");
        }

        SizeBytes = (length + SectorBytes - 1) / SectorBytes * SectorBytes;
    }

    /// <inheritdoc/>
    public ulong SizeBytes { get; }

    /// <inheritdoc/>
    public bool IsReadOnly => true;

    /// <inheritdoc/>
    public void Read(ulong at, Span<byte> bytes) => ReadWhole(_file, at, bytes);

    /// <inheritdoc/>
    public void Write(ulong at, ReadOnlySpan<byte> bytes) => Invariant.Require(!IsReadOnly);

    public void Dispose() => _file.Dispose();

    /// <summary>What lies behind the file's end reads as zeros.</summary>
    internal static void ReadWhole(SafeFileHandle file, ulong at, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = RandomAccess.Read(file, bytes, (long)at);
            if (count == 0)
            {
                bytes.Clear();
                return;
            }

            at += (ulong)count;
            bytes = bytes[count..];
        }
    }
}
