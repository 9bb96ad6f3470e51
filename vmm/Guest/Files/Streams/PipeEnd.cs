using System.Numerics;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>One end of a pipe. Up to 4096 bytes are written whole or not at all.</summary>
internal sealed class PipeEnd : OpenFile
{
    private const uint BytesReadable = 0x541b;

    private readonly Pipe _pipe;

    public PipeEnd(PipeInode inode, int flags)
        : this(inode, inode.Pipe, flags, $"pipe:[{inode.Record.Number}]")
    {
    }

    public PipeEnd(Inode inode, Pipe pipe, int flags, string path)
        : base(inode, flags, path)
    {
        _pipe = pipe;
        _pipe.ReaderCount += CanRead ? 1 : 0;
        _pipe.WriterCount += CanWrite ? 1 : 0;
        _pipe.OpenedReaders += CanRead ? 1u : 0;
        _pipe.OpenedWriters += CanWrite ? 1u : 0;
        _pipe.ReadReady.Signal();
        _pipe.WriteReady.Signal();
    }

    public Pipe Pipe => _pipe;

    public override bool IsPollable => true;

    public override ReadySource? ReadReady => CanRead ? _pipe.ReadReady : null;

    public override ReadySource? WriteReady => CanWrite ? _pipe.WriteReady : null;

    public int CapacityBytes => _pipe.CapacityBytes;

    public override long Read(Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return 0;
        }

        if (_pipe.Count == 0)
        {
            return _pipe.WriterCount == 0 ? 0 : -Errno.EAGAIN;
        }

        int count = _pipe.Take(destination);
        _pipe.WriteReady.Signal();
        return count;
    }

    public override long Write(ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
        {
            return 0;
        }

        if (_pipe.ReaderCount == 0)
        {
            return -Errno.EPIPE;
        }

        bool isAtomic = source.Length <= Pipe.AtomicBytesMax;
        isAtomic |= (Flags & HostOpen.Direct) != 0 && _pipe.FreeBytes < Pipe.AtomicBytesMax;
        if (_pipe.FreeBytes == 0 || (isAtomic && _pipe.FreeBytes < source.Length))
        {
            return -Errno.EAGAIN;
        }

        int count = (Flags & HostOpen.Direct) != 0 ? PutPackets(source) : _pipe.Put(source);
        _pipe.ReadReady.Signal();
        return count;
    }

    /// <summary>O_DIRECT: each write is read by itself, in pieces if it is large.</summary>
    private int PutPackets(ReadOnlySpan<byte> source)
    {
        int done = 0;
        while (done < source.Length)
        {
            int length = Math.Min(source.Length - done, Pipe.AtomicBytesMax);
            if (length > _pipe.FreeBytes)
            {
                break;
            }

            done += _pipe.Put(source.Slice(done, length), isPacket: true);
        }

        return done;
    }

    public override PollEvents Poll()
    {
        PollEvents events = PollEvents.None;
        if (CanRead)
        {
            events |= _pipe.Count > 0 ? PollEvents.In | PollEvents.ReadNormal : PollEvents.None;
            events |= _pipe.WriterCount == 0 ? PollEvents.HangUp : PollEvents.None;
        }

        if (CanWrite)
        {
            events |= _pipe.FreeBytes >= Pipe.AtomicBytesMax
                ? PollEvents.Out | PollEvents.WriteNormal
                : PollEvents.None;
            events |= _pipe.ReaderCount == 0 ? PollEvents.Error : PollEvents.None;
        }

        return events;
    }

    public override long Control(SystemCallContext call, uint request, ulong argument) =>
        request != BytesReadable ? -Errno.ENOTTY
        : call.Memory.TryWrite(argument, _pipe.Count) ? 0 : -Errno.EFAULT;

    /// <summary>F_SETPIPE_SZ: rounded up to a power of two of pages.</summary>
    public long Resize(long capacityBytes)
    {
        if (capacityBytes is < 0 or > int.MaxValue)
        {
            return -Errno.EINVAL;
        }

        if (capacityBytes > Pipe.CapacityBytesMax)
        {
            return -Errno.EPERM;
        }

        int rounded = (int)BitOperations.RoundUpToPowerOf2(
            (uint)Math.Max(capacityBytes, Pipe.AtomicBytesMax));
        if (rounded < _pipe.Count)
        {
            return -Errno.EBUSY;
        }

        _pipe.Resize(rounded);
        _pipe.WriteReady.Signal();
        return rounded;
    }

    protected override void Closed()
    {
        _pipe.ReaderCount -= CanRead ? 1 : 0;
        _pipe.WriterCount -= CanWrite ? 1 : 0;
        _pipe.ReadReady.Signal();
        _pipe.WriteReady.Signal();
    }
}
