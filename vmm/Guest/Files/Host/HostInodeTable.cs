using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>Gives host files their emulated inode numbers, in order of first sight, which the
/// guest alone determines. Hard links keep one number.</summary>
internal sealed class HostInodeTable(FileClock clock)
{
    private const ulong FirstNumber = 2;

    private readonly Dictionary<(ulong Device, ulong Inode), InodeRecord> _records = [];
    private ulong _next = FirstNumber;

    public InodeRecord Find(ulong device, ulong inode)
    {
        if (!_records.TryGetValue((device, inode), out InodeRecord? record))
        {
            record = new InodeRecord(_next++, clock);
            _records.Add((device, inode), record);
        }

        return record;
    }

    public InodeRecord Find(in HostFileStatus status) => Find(status.Device, status.Inode);

    /// <summary>The file's last name is gone: the host may use its inode again, for what must be
    /// another file to the guest.</summary>
    public void Forget(in HostFileStatus status) => _records.Remove((status.Device, status.Inode));
}
