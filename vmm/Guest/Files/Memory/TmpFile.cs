using System.Diagnostics.CodeAnalysis;
using Dilaton.Core;
using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Guest;

/// <summary>A regular file in memory: a memfd of the host, so that it can be mapped shared. Let go
/// with its last name and descriptor.</summary>
internal sealed class TmpFile : Inode, IHostBacked
{
    private uint _permissions;
    private int _opens;
    private SafeFileHandle? _handle;

    public TmpFile(TmpVolume volume, uint permissions)
        : base(volume)
    {
        Record = volume.CreateRecord();
        Record.MarkCreated();
        _permissions = permissions;
    }

    public override InodeRecord Record { get; }

    public override uint Mode => FileModes.Regular | _permissions;

    public uint LinkCount { get; private set; }

    /// <summary>What nobody may do to it any more; most files can't be sealed.</summary>
    public uint Seals { get; set; } = FileSeals.Seal;

    public bool IsSealed(uint seals) => (Seals & seals) != 0;

    /// <returns>0, or EPERM if a seal forbids another length.</returns>
    public int CheckResize(long fromBytes, long toBytes) =>
        (toBytes < fromBytes && IsSealed(FileSeals.Shrink))
        || (toBytes > fromBytes && IsSealed(FileSeals.Grow))
            ? Errno.EPERM : 0;

    public override FileStatus GetStatus()
    {
        HostFileStatus status = default;
        if (_handle is not null)
        {
            Invariant.Require(HostFiles.Status(_handle, out status) == 0);
        }

        return ToStatus(status);
    }

    public FileStatus ToStatus(in HostFileStatus status) =>
        Record.ToStatus(Volume, Mode, LinkCount, (long)status.SizeBytes);

    public void AddName() => LinkCount++;

    public void RemoveName()
    {
        Invariant.Require(LinkCount > 0);
        LinkCount--;
        Record.MarkChanged();
        LetGo();
    }

    public override int TryOpen(int flags, string path, [NotNullWhen(true)] out OpenFile? file)
    {
        file = null;
        bool isTruncating = (flags & HostOpen.Truncate) != 0;
        if (Volume.IsReadOnly
            && (isTruncating || (flags & HostOpen.AccessMask) != HostOpen.ReadOnly))
        {
            return Errno.EROFS;
        }

        int error = isTruncating ? Truncate(0) : TryGetHandle(out _);
        if (error != 0)
        {
            return error;
        }

        _opens++;
        file = new HostBackedFile(this, flags, path, _handle!, Closed);
        return 0;
    }

    public override int Truncate(long lengthBytes)
    {
        if (Volume.IsReadOnly)
        {
            return Errno.EROFS;
        }

        int error = TryGetHandle(out SafeFileHandle? handle);
        error = error != 0 ? error : CheckResize(GetStatus().SizeBytes, lengthBytes);
        if (error == 0)
        {
            error = -HostFiles.Truncate(handle!, lengthBytes);
        }

        if (error == 0)
        {
            Record.MarkModified();
        }

        return error;
    }

    public override int ChangeMode(uint permissions)
    {
        if (Volume.IsReadOnly)
        {
            return Errno.EROFS;
        }

        const uint AnyExecute = 0x49;
        if (IsSealed(FileSeals.Execute) && ((permissions ^ _permissions) & AnyExecute) != 0)
        {
            return Errno.EPERM;
        }

        _permissions = permissions;
        Record.MarkChanged();
        return 0;
    }

    private int TryGetHandle(out SafeFileHandle? handle)
    {
        int error = 0;
        if (_handle is null)
        {
            error = -HostFiles.CreateMemoryFile("dilaton", out SafeFileHandle created);
            _handle = error == 0 ? created : null;
        }

        handle = _handle;
        return error;
    }

    private void Closed()
    {
        _opens--;
        LetGo();
    }

    private void LetGo()
    {
        if (_opens == 0 && LinkCount == 0)
        {
            _handle?.Dispose();
            _handle = null;
        }
    }
}
