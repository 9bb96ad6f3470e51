using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>An open folder. Its names are read once, when reading starts or is rewound, so that a
/// walk that deletes as it goes misses nothing.</summary>
internal sealed class DirectoryFile(DirectoryInode directory, int flags, string path)
    : OpenFile(directory, flags, path)
{
    private const int HeaderSizeBytes = 19;

    private List<DirectoryEntry>? _entries;
    private int _position;

    public DirectoryInode Directory { get; } = directory;

    public override bool IsSeekable => true;

    public override long Read(Span<byte> destination) => -Errno.EISDIR;

    public override long ReadAt(long offset, Span<byte> destination) => -Errno.EISDIR;

    public override long Synchronize() => 0;

    public override long Seek(long offset, int whence)
    {
        long target = whence switch
        {
            0 => offset,
            1 => _position + offset,
            _ => -1,
        };
        if (target is < 0 or > int.MaxValue)
        {
            return -Errno.EINVAL;
        }

        if (target == 0)
        {
            _entries = null;
        }

        _position = (int)target;
        return target;
    }

    /// <summary>Fills a buffer with <c>struct linux_dirent64</c> (or the older
    /// <c>linux_dirent</c>) records.</summary>
    /// <returns>Bytes used, or a negated errno: ENOENT if the folder is gone, EINVAL if not even
    /// one record fits.</returns>
    public long ReadEntries(Span<byte> buffer, bool isOldLayout)
    {
        if (Directory.IsRemoved)
        {
            return -Errno.ENOENT;
        }

        if (_entries is null)
        {
            int error = LoadEntries();
            if (error != 0)
            {
                return -error;
            }
        }

        int used = 0;
        while (_position < _entries!.Count)
        {
            DirectoryEntry entry = _entries[_position];
            int length = (HeaderSizeBytes + entry.Name.Length + 1 + 7) & ~7;
            if (length > buffer.Length - used)
            {
                return used == 0 ? -Errno.EINVAL : used;
            }

            _position++;
            Encode(entry, buffer.Slice(used, length), isOldLayout);
            used += length;
        }

        return used;
    }

    private int LoadEntries()
    {
        int error = Directory.List(out List<DirectoryEntry> names);
        if (error != 0)
        {
            return error;
        }

        _entries =
        [
            new DirectoryEntry(".", Directory.Record.Number, Directory.Mode),
            new DirectoryEntry("..", Directory.Parent.Record.Number, Directory.Parent.Mode),
            .. names,
        ];
        return 0;
    }

    private void Encode(in DirectoryEntry entry, Span<byte> record, bool isOldLayout)
    {
        record.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(record, entry.Inode);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], _position);
        BinaryPrimitives.WriteUInt16LittleEndian(record[16..], (ushort)record.Length);
        byte type = FileModes.ToEntryType(entry.Mode);
        int nameAt = isOldLayout ? HeaderSizeBytes - 1 : HeaderSizeBytes;
        if (isOldLayout)
        {
            record[^1] = type;
        }
        else
        {
            record[HeaderSizeBytes - 1] = type;
        }

        ByteText.ToBytes(entry.Name).CopyTo(record[nameAt..]);
    }
}
