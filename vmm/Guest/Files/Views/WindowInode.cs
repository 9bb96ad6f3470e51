using System.Diagnostics.CodeAnalysis;
using Dilaton.Core;
using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Guest;

/// <summary>The device of a window: <c>/dev/NAME</c>, which can be mapped and nothing else.
/// </summary>
internal sealed class WindowInode : Inode
{
    /// <summary>Linux's first major number for local use.</summary>
    private const uint LocalMajor = 240;

    private readonly uint _number;
    private SafeFileHandle? _bytes;

    /// <param name="number">Minor number of the device.</param>
    public WindowInode(FileVolume volume, InodeRecord record, WindowDevice device, uint number)
        : base(volume)
    {
        Record = record;
        Device = device;
        _number = number;
    }

    public override InodeRecord Record { get; }

    public override uint Mode => FileModes.CharacterDevice | 0x1b6;

    public WindowDevice Device { get; }

    /// <summary>What lies behind the window's pages on the host, made when it is mapped.</summary>
    public SafeFileHandle Bytes => _bytes ??= CreateBytes();

    public override FileStatus GetStatus() => Record.ToStatus(
        Volume, Mode, 1, 0, DeviceNumbers.Encode(LocalMajor, _number));

    public override int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file)
    {
        file = new WindowFile(this, flags, path);
        return 0;
    }

    private SafeFileHandle CreateBytes()
    {
        int error = HostFiles.CreateMemoryFile($"dilaton-{Device.Name}", out SafeFileHandle bytes);
        error = error == 0 ? HostFiles.Truncate(bytes, checked((long)Device.SizeBytes)) : error;
        return error == 0
            ? bytes
            : throw new NativeCallException("memfd_create", $"window {Device.Name}", -error);
    }
}
