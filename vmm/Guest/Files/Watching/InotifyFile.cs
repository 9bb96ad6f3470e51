using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>inotify(7): a queue of what happens to the files that it watches.</summary>
internal sealed class InotifyFile(Inode inode, int flags)
    : OpenFile(inode, flags, "anon_inode:inotify")
{
    /// <summary>As <c>/proc/sys/fs/inotify/max_queued_events</c>.</summary>
    public const int QueuedMax = 16_384;

    /// <summary>As <c>/proc/sys/fs/inotify/max_user_watches</c>.</summary>
    public const int WatchesMax = 65_536;

    private const uint BytesReadable = 0x541b;
    private const int HeaderBytes = 16;
    private const int NoWatch = -1;

    private readonly SortedDictionary<int, FileWatch> _watches = [];
    private readonly LinkedList<Entry> _queue = new();
    private readonly ReadySource _ready = new();
    private int _nextNumber = 1;
    private int _queuedBytes;

    public override bool IsPollable => true;

    /// <summary>As Linux has it: allowed, and nothing.</summary>
    public override long Seek(long offset, int whence) => 0;

    public override ReadySource? ReadReady => _ready;

    /// <summary>Watches a file, or changes what of it is watched.</summary>
    /// <returns>The watch's number, or a negated errno.</returns>
    public long Watch(InodeRecord record, uint mask)
    {
        const uint Kept = FileEvent.All | FileWatch.OneShot | FileWatch.ExcludeUnlinked;
        if (record.Watches.Find(watch => watch.Owner == this) is { } known)
        {
            if ((mask & FileWatch.MaskCreate) != 0)
            {
                return -Errno.EEXIST;
            }

            known.Mask = (mask & Kept) | ((mask & FileWatch.MaskAdd) != 0 ? known.Mask : 0);
            return known.Number;
        }

        if (_watches.Count >= WatchesMax)
        {
            return -Errno.ENOSPC;
        }

        FileWatch made = new(this, record, _nextNumber++, mask & Kept);
        _watches.Add(made.Number, made);
        record.Watches.Add(made);
        return made.Number;
    }

    /// <returns>False if there is no such watch.</returns>
    public bool Remove(int number)
    {
        if (!_watches.TryGetValue(number, out FileWatch? watch))
        {
            return false;
        }

        Remove(watch);
        return true;
    }

    /// <summary>Ends a watch, and says so in the queue.</summary>
    public void Remove(FileWatch watch)
    {
        Invariant.Require(_watches.Remove(watch.Number));
        watch.Record.Watches.Remove(watch);
        Enqueue(new Entry(watch.Number, FileEvent.Ignored, 0, ""));
    }

    public void Put(FileWatch watch, uint what, string name, uint cookie)
    {
        Enqueue(new Entry(watch.Number, what, cookie, name));
        if ((watch.Mask & FileWatch.OneShot) != 0)
        {
            Remove(watch);
        }
    }

    public override long Read(Span<byte> destination)
    {
        int done = 0;
        while (_queue.First is { Value: var entry })
        {
            if (destination.Length - done < entry.SizeBytes)
            {
                return done > 0 ? done : -Errno.EINVAL;
            }

            entry.Write(destination.Slice(done, entry.SizeBytes));
            done += entry.SizeBytes;
            _queuedBytes -= entry.SizeBytes;
            _queue.RemoveFirst();
        }

        return done > 0 ? done : -Errno.EAGAIN;
    }

    public override PollEvents Poll() =>
        _queue.Count > 0 ? PollEvents.In | PollEvents.ReadNormal : PollEvents.None;

    public override long Control(SystemCallContext call, uint request, ulong argument) =>
        request != BytesReadable ? -Errno.ENOTTY
        : call.Memory.TryWrite(argument, _queuedBytes) ? 0 : -Errno.EFAULT;

    protected override void Closed()
    {
        foreach (FileWatch watch in _watches.Values)
        {
            watch.Record.Watches.Remove(watch);
        }

        _watches.Clear();
    }

    /// <summary>What is like the newest entry is told once.</summary>
    private void Enqueue(Entry entry)
    {
        if (_queue.Last is { Value: var last } && last.IsLike(entry))
        {
            return;
        }

        if (_queue.Count >= QueuedMax)
        {
            entry = new Entry(NoWatch, FileEvent.QueueOverflow, 0, "");
            if (_queue.Last!.Value.IsLike(entry))
            {
                return;
            }
        }

        _queue.AddLast(entry);
        _queuedBytes += entry.SizeBytes;
        _ready.Signal();
    }

    /// <summary><c>struct inotify_event</c>.</summary>
    private sealed record Entry(int Watch, uint What, uint Cookie, string Name)
    {
        /// <summary>A name has a NUL and fills up whole headers.</summary>
        private int NameBytes => Name.Length == 0
            ? 0 : (Name.Length + HeaderBytes) / HeaderBytes * HeaderBytes;

        public int SizeBytes => HeaderBytes + NameBytes;

        public bool IsLike(Entry other) => What != FileEvent.Ignored
            && (Watch, What, Name) == (other.Watch, other.What, other.Name);

        public void Write(Span<byte> bytes)
        {
            bytes.Clear();
            BinaryPrimitives.WriteInt32LittleEndian(bytes, Watch);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], What);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Cookie);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], NameBytes);
            ByteText.ToBytes(Name).CopyTo(bytes[HeaderBytes..]);
        }
    }
}
