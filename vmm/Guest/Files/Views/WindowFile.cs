using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Guest;

/// <summary>An open window.</summary>
internal sealed class WindowFile(WindowInode inode, int flags, string path)
    : OpenFile(inode, flags, path), IMappableFile
{
    public string Name => Path;

    public ulong DeviceId => inode.Volume.Device;

    ulong IMappableFile.Inode => inode.Record.Number;

    public long LengthBytes => checked((long)inode.Device.SizeBytes);

    public bool IsWritable => CanWrite;

    public ulong? WindowBase => inode.Device.Base.Value;

    int IMappableFile.Read(long offset, Span<byte> destination) => 0;

    public bool TryGetHostDescriptor([NotNullWhen(true)] out SafeFileHandle? descriptor)
    {
        descriptor = inode.Bytes;
        return true;
    }
}
