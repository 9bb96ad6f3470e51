using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>signalfd(2): a descriptor that reads signals, of whoever reads it.</summary>
internal sealed class SignalFile(Inode inode, int flags, SignalInbox inbox)
    : OpenFile(inode, flags, "anon_inode:[signalfd]")
{
    private const int RecordBytes = 128;

    private readonly ReadySource _ready = inbox.Arrived;

    /// <summary>What it takes.</summary>
    public ulong Signals { get; set; }

    public override bool IsPollable => true;

    public override ReadySource? ReadReady => _ready;

    public override long Read(Span<byte> destination)
    {
        if (destination.Length < RecordBytes)
        {
            return -Errno.EINVAL;
        }

        int done = 0;
        while (destination.Length - done >= RecordBytes
            && inbox.TryTake(Signals, out SignalInfo info))
        {
            Write(destination.Slice(done, RecordBytes), info);
            done += RecordBytes;
        }

        return done > 0 ? done : -Errno.EAGAIN;
    }

    public override PollEvents Poll() =>
        inbox.HasAny(Signals) ? PollEvents.In | PollEvents.ReadNormal : PollEvents.None;

    /// <summary><c>struct signalfd_siginfo</c>. Which fields mean something depends on the code, as
    /// in Linux's signalfd_copyinfo.</summary>
    private static void Write(Span<byte> record, in SignalInfo info)
    {
        record.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(record, info.Number);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], info.Error);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], info.Code);
        int low = unchecked((int)info.Word0);
        int high = unchecked((int)(info.Word0 >> 32));
        if (info.Code == SignalInfo.SI_TIMER)
        {
            BinaryPrimitives.WriteInt32LittleEndian(record[24..], low);
            BinaryPrimitives.WriteInt32LittleEndian(record[32..], high);
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(record[12..], low);
            BinaryPrimitives.WriteInt32LittleEndian(record[16..], high);
            if (info.Number == Signal.SIGCHLD && info.Code > 0)
            {
                BinaryPrimitives.WriteInt32LittleEndian(record[40..], unchecked((int)info.Word1));
            }
        }

        if (info.Code < 0 && info.Code != SignalInfo.SI_TKILL)
        {
            BinaryPrimitives.WriteInt32LittleEndian(record[44..], unchecked((int)info.Word1));
            BinaryPrimitives.WriteUInt64LittleEndian(record[48..], info.Word1);
        }
    }
}
