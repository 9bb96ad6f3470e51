using System.Buffers.Binary;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>A socket. Its calls return a count, 0, or a negated errno; -EAGAIN means that nothing
/// can be done now, and the caller waits on <see cref="OpenFile.ReadReady"/> or
/// <see cref="OpenFile.WriteReady"/> unless it is not to.</summary>
internal abstract class SocketFile(SocketInode inode, int family, int type, int protocol)
    : OpenFile(inode, HostOpen.ReadWrite, $"socket:[{inode.Record.Number}]")
{
    public int Family { get; } = family;

    public int Type { get; } = type;

    public int Protocol { get; } = protocol;

    public VirtualDuration? ReceiveTimeout { get; set; }

    public VirtualDuration? SendTimeout { get; set; }

    /// <summary>Options that are kept and given back, and change nothing here.</summary>
    public SortedDictionary<(int Level, int Name), int> Remembered { get; } = [];

    public override bool IsPollable => true;

    /// <summary>A message is sent and received whole; else it is a stream of bytes.</summary>
    public abstract bool IsMessageBased { get; }

    public virtual bool IsListening => false;

    public abstract int Bind(ReadOnlySpan<byte> address);

    /// <returns>0, -EINPROGRESS if it goes on, or an error.</returns>
    public abstract int Connect(ReadOnlySpan<byte> address);

    /// <summary>What became of a connect that was in progress.</summary>
    public virtual int FinishConnect() => 0;

    public virtual int Listen(int backlog) => -Errno.EOPNOTSUPP;

    public virtual int Accept(Func<SocketInode> createInode, out SocketFile? accepted)
    {
        accepted = null;
        return -Errno.EOPNOTSUPP;
    }

    public abstract int Shutdown(int how);

    /// <summary>This end's address; empty if it has none.</summary>
    public abstract byte[] GetName();

    /// <returns>0 or -ENOTCONN.</returns>
    public abstract int GetPeer(out byte[] address);

    /// <summary>Sends what the buffers hold from their position on.</summary>
    /// <param name="address">Of the receiver; null without one.</param>
    /// <returns>Bytes taken, by which the buffers were advanced.</returns>
    public abstract long Send(MessageBuffers buffers, byte[]? address, int flags);

    /// <summary>Receives into the buffers from their position on.</summary>
    public abstract long Receive(MessageBuffers buffers, int flags, out ReceivedMessage message);

    public abstract int GetOption(int level, int name, Span<byte> value, out int length);

    public abstract int SetOption(int level, int name, ReadOnlySpan<byte> value);

    /// <summary>For the report of who waits for what.</summary>
    public abstract string Describe();

    /// <summary>The pending error, which is then forgotten; positive.</summary>
    public abstract int TakeError();

    /// <summary>SO_RCVTIMEO and SO_SNDTIMEO.</summary>
    protected int SetTimeout(ReadOnlySpan<byte> value, bool isReceiving)
    {
        if (value.Length < 16)
        {
            return -Errno.EINVAL;
        }

        long seconds = BinaryPrimitives.ReadInt64LittleEndian(value);
        long microseconds = BinaryPrimitives.ReadInt64LittleEndian(value[8..]);
        if (microseconds is < 0 or >= 1_000_000)
        {
            return -Errno.EDOM;
        }

        // A year is for ever, and fits the clock.
        const long SecondsMax = 365 * 86_400;
        VirtualDuration? timeout = (seconds, microseconds) switch
        {
            (0, 0) or ( > SecondsMax, _) => null,
            ( < 0, _) => VirtualDuration.Zero,
            _ => VirtualDuration.FromSeconds((ulong)seconds)
                + VirtualDuration.FromMicroseconds((ulong)microseconds),
        };
        if (isReceiving)
        {
            ReceiveTimeout = timeout;
        }
        else
        {
            SendTimeout = timeout;
        }

        return 0;
    }

    protected static int WriteTime(Span<byte> value, VirtualDuration? timeout, out int length)
    {
        const ulong MicrosecondPicoseconds = 1_000_000;
        ulong microseconds = (timeout?.Picoseconds ?? 0) / MicrosecondPicoseconds;
        Span<byte> pair = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(pair, microseconds / 1_000_000);
        BinaryPrimitives.WriteUInt64LittleEndian(pair[8..], microseconds % 1_000_000);
        length = pair.Length;
        pair[..Math.Min(pair.Length, value.Length)].CopyTo(value);
        return 0;
    }
}
