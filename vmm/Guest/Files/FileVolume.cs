namespace Dilaton.Guest;

/// <summary>A mounted file system: what is the same for all its files.</summary>
internal abstract class FileVolume(
    string kind, string source, ulong device, long magic, bool isReadOnly, FileClock clock)
{
    /// <summary>Far above what volumes number their own files with.</summary>
    private ulong _nextNode = 1UL << 40;

    public const long DiskMagic = 0xef53;
    public const long TmpMagic = 0x01021994;
    public const long ProcMagic = 0x9fa0;
    public const long SysMagic = 0x62656572;
    public const long PipeMagic = 0x50495045;

    /// <summary>As in <c>/proc/mounts</c>, such as <c>ext4</c>.</summary>
    public string Kind { get; } = kind;

    public string Source { get; } = source;

    public ulong Device { get; } = device;

    public long Magic { get; } = magic;

    public bool IsReadOnly { get; } = isReadOnly;

    public FileClock Clock { get; } = clock;

    /// <summary>For a FIFO or socket that is in the tree only here.</summary>
    public InodeRecord CreateNodeRecord()
    {
        InodeRecord record = new(_nextNode++, Clock);
        record.MarkCreated();
        return record;
    }

    public bool HasBlocks => Magic is DiskMagic or TmpMagic;
}
