using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>eventfd(2): a counter that can be waited for.</summary>
internal sealed class EventFile(Inode inode, int flags, uint initial, bool isSemaphore)
    : OpenFile(inode, flags, "anon_inode:[eventfd]")
{
    private const ulong CountMax = ulong.MaxValue - 1;

    private readonly ReadySource _ready = new();
    private ulong _count = initial;

    public override bool IsPollable => true;

    /// <summary>As Linux has it: allowed, and nothing.</summary>
    public override long Seek(long offset, int whence) => 0;

    public override ReadySource? ReadReady => _ready;

    public override ReadySource? WriteReady => _ready;

    public override long Read(Span<byte> destination)
    {
        if (destination.Length < sizeof(ulong))
        {
            return -Errno.EINVAL;
        }

        if (_count == 0)
        {
            return -Errno.EAGAIN;
        }

        ulong value = isSemaphore ? 1 : _count;
        _count -= value;
        BinaryPrimitives.WriteUInt64LittleEndian(destination, value);
        _ready.Signal();
        return sizeof(ulong);
    }

    public override long Write(ReadOnlySpan<byte> source)
    {
        if (source.Length < sizeof(ulong))
        {
            return -Errno.EINVAL;
        }

        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(source);
        if (value == ulong.MaxValue)
        {
            return -Errno.EINVAL;
        }

        if (value > CountMax - _count)
        {
            return -Errno.EAGAIN;
        }

        _count += value;
        _ready.Signal();
        return sizeof(ulong);
    }

    public override PollEvents Poll() =>
        (_count > 0 ? PollEvents.In | PollEvents.ReadNormal : PollEvents.None)
        | (_count < CountMax ? PollEvents.Out | PollEvents.WriteNormal : PollEvents.None);
}
