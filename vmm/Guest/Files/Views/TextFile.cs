using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Guest;

/// <summary>An open generated file: its text as it was when it was opened.</summary>
internal sealed class TextFile(Inode inode, int flags, string path, byte[] text)
    : SeekableFile(inode, flags, path), IMappableFile
{
    public string Name => ByteText.ToText(Path);

    public ulong DeviceId => Inode.Volume.Device;

    ulong IMappableFile.Inode => Inode.Record.Number;

    public long LengthBytes => text.Length;

    public bool IsWritable => false;

    public override long GetLength() => text.Length;

    public override long ReadAt(long offset, Span<byte> destination)
    {
        if (offset >= text.Length)
        {
            return 0;
        }

        int count = (int)Math.Min(destination.Length, text.Length - offset);
        text.AsSpan((int)offset, count).CopyTo(destination);
        return count;
    }

    public int Read(long offset, Span<byte> destination) => (int)ReadAt(offset, destination);

    public bool TryGetHostDescriptor([NotNullWhen(true)] out SafeFileHandle? descriptor)
    {
        descriptor = null;
        return false;
    }

    protected override long WriteAtExactly(long offset, ReadOnlySpan<byte> source) =>
        -Errno.EINVAL;
}
