using System.Diagnostics.CodeAnalysis;
using Dilaton.Core;
using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Guest;

/// <summary>An open regular file whose bytes lie in a host file: a granted one, or a memfd of the
/// in-memory file system.</summary>
internal sealed class HostBackedFile : SeekableFile, IMappableFile
{
    private readonly SafeFileHandle _handle;
    private readonly Action _closed;

    /// <param name="closed">Called when the last descriptor is gone; lets go of the handle.
    /// </param>
    public HostBackedFile(
        Inode inode, int flags, string path, SafeFileHandle handle, Action closed)
        : base(inode, flags, path)
    {
        Invariant.Require(inode is IHostBacked);
        _handle = handle;
        _closed = closed;
    }

    public string Name => ByteText.ToText(Path);

    public ulong DeviceId => Inode.Volume.Device;

    ulong IMappableFile.Inode => Inode.Record.Number;

    public long LengthBytes => Math.Max(0, GetLength());

    public bool IsWritable => CanWrite && !IsSealed(FileSeals.AnyWrite);

    /// <summary>A seal forbids it.</summary>
    public bool IsSealed(uint seals) => (Inode as TmpFile)?.IsSealed(seals) == true;

    public override long GetLength()
    {
        int result = HostFiles.Status(_handle, out HostFileStatus status);
        return result < 0 ? result : (long)status.SizeBytes;
    }

    public override FileStatus GetStatus()
    {
        int result = HostFiles.Status(_handle, out HostFileStatus status);
        return result < 0 ? Inode.GetStatus() : ((IHostBacked)Inode).ToStatus(status);
    }

    public override long ReadAt(long offset, Span<byte> destination) =>
        destination.IsEmpty ? 0 : HostFiles.ReadAt(_handle, offset, destination);

    public int Read(long offset, Span<byte> destination)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int count = HostFiles.ReadAt(_handle, offset + total, destination[total..]);
            if (count < 0)
            {
                throw new IOException($"pread of {Name} failed (errno {-count})");
            }

            if (count == 0)
            {
                break;
            }

            total += count;
        }

        return total;
    }

    public bool TryGetHostDescriptor([NotNullWhen(true)] out SafeFileHandle? descriptor)
    {
        descriptor = _handle;
        return true;
    }

    public override long Truncate(long lengthBytes)
    {
        int refused = (Inode as TmpFile)?.CheckResize(GetLength(), lengthBytes) ?? 0;
        int result = refused != 0 ? -refused : HostFiles.Truncate(_handle, lengthBytes);
        if (result == 0)
        {
            Inode.Record.MarkModified();
        }

        return result;
    }

    public override long Allocate(int mode, long offset, long lengthBytes)
    {
        const int PunchHole = 2;
        if ((mode & PunchHole) != 0 ? IsSealed(FileSeals.AnyWrite)
            : IsSealed(FileSeals.Grow) && offset + lengthBytes > GetLength())
        {
            return -Errno.EPERM;
        }

        int result = HostFiles.Allocate(_handle, mode, offset, lengthBytes);
        if (result == 0)
        {
            Inode.Record.MarkModified();
        }

        return result;
    }

    public override long Synchronize() => 0;

    protected override long WriteAtExactly(long offset, ReadOnlySpan<byte> source)
    {
        if (offset < 0 || source.IsEmpty)
        {
            return offset < 0 ? offset : 0;
        }

        if (IsSealed(FileSeals.AnyWrite)
            || (IsSealed(FileSeals.Grow) && offset + source.Length > GetLength()))
        {
            return -Errno.EPERM;
        }

        int count = HostFiles.WriteAt(_handle, offset, source);
        if (count > 0)
        {
            Inode.Record.MarkModified();
        }

        return count;
    }

    protected override void Closed() => _closed();
}
