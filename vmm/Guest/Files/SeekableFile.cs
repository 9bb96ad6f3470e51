namespace Dilaton.Guest;

/// <summary>A file with a length and a position.</summary>
internal abstract class SeekableFile(Inode inode, int flags, string path)
    : OpenFile(inode, flags, path)
{
    private const int SeekSet = 0;
    private const int SeekCurrent = 1;
    private const int SeekEnd = 2;
    private const int SeekData = 3;
    private const int SeekHole = 4;

    /// <summary>Of a file of ext4 with blocks of 4 KiB.</summary>
    private const long LengthBytesMax = 0xfff_ffff_f000;

    private long _position;

    public override bool IsSeekable => true;

    /// <summary>Length, or a negated errno.</summary>
    public abstract long GetLength();

    public override long Read(Span<byte> destination)
    {
        long count = ReadAt(_position, destination);
        if (count > 0)
        {
            _position += count;
        }

        return count;
    }

    public override long Write(ReadOnlySpan<byte> source)
    {
        long offset = _position;
        if (IsAppending)
        {
            offset = GetLength();
            if (offset < 0)
            {
                return offset;
            }
        }

        long count = WriteAtExactly(offset, source);
        if (count > 0)
        {
            _position = offset + count;
        }

        return count;
    }

    /// <summary>Linux appends even with pwrite when O_APPEND is set.</summary>
    public override long WriteAt(long offset, ReadOnlySpan<byte> source) =>
        WriteAtExactly(IsAppending ? GetLength() : offset, source);

    public override long Seek(long offset, int whence)
    {
        long start;
        switch (whence)
        {
            case SeekSet:
                start = 0;
                break;
            case SeekCurrent:
                start = _position;
                break;
            case SeekEnd:
                start = GetLength();
                break;
            case SeekData or SeekHole:
                return SeekSparse(offset, whence);
            default:
                return -Errno.EINVAL;
        }

        if (start < 0)
        {
            return start;
        }

        long target = unchecked(start + offset);
        if (target is < 0 or > LengthBytesMax)
        {
            return -Errno.EINVAL;
        }

        _position = target;
        return target;
    }

    protected abstract long WriteAtExactly(long offset, ReadOnlySpan<byte> source);

    /// <summary>All of a file is data: where holes lie is the host file system's affair.
    /// </summary>
    private long SeekSparse(long offset, int whence)
    {
        long length = GetLength();
        if (offset < 0 || offset >= length)
        {
            return length < 0 ? length : -Errno.ENXIO;
        }

        _position = whence == SeekData ? offset : length;
        return _position;
    }
}
