namespace Dilaton.Guest;

/// <summary>epoll(7). Ready files are reported in turn: what was reported goes to the end, so that
/// a full answer starves nobody.</summary>
internal sealed class EpollFile(Inode inode, int flags)
    : OpenFile(inode, flags, "anon_inode:[eventpoll]")
{
    public const uint EdgeTriggered = 1u << 31;
    public const uint OneShot = 1u << 30;
    public const uint Wakeup = 1u << 29;
    public const uint Exclusive = 1u << 28;

    private const int NestingMax = 4;

    private readonly List<EpollInterest> _interests = [];
    private readonly ReadySource _changed = new();

    public override bool IsPollable => true;

    public override ReadySource? ReadReady => _changed;

    public int Add(int descriptor, OpenFile file, uint events, ulong data)
    {
        // Exclusive wake-ups go with in, out, edge triggering and what is always told.
        const uint WithExclusive = Exclusive | 0x1 | 0x4 | 0x8 | 0x10 | (1u << 29) | (1u << 31);
        if ((events & Exclusive) != 0 && (events & ~WithExclusive) != 0)
        {
            return Errno.EINVAL;
        }

        Prune();
        if (Find(descriptor, file) is not null)
        {
            return Errno.EEXIST;
        }

        if (file is EpollFile nested && (ReferenceEquals(nested, this) || nested.Reaches(this, 0)))
        {
            return Errno.ELOOP;
        }

        _interests.Add(new EpollInterest(descriptor, file) { Events = events, Data = data });
        _changed.Signal();
        return 0;
    }

    public int Modify(int descriptor, OpenFile file, uint events, ulong data)
    {
        if (Find(descriptor, file) is not { } interest)
        {
            return Errno.ENOENT;
        }

        if (((interest.Events | events) & Exclusive) != 0)
        {
            return Errno.EINVAL;
        }

        (interest.Events, interest.Data) = (events, data);
        (interest.Reported, interest.IsDisabled) = (null, false);
        _changed.Signal();
        return 0;
    }

    public int Remove(int descriptor, OpenFile file)
    {
        if (Find(descriptor, file) is not { } interest)
        {
            return Errno.ENOENT;
        }

        _interests.Remove(interest);
        return 0;
    }

    /// <summary>Takes up to <paramref name="countMax"/> ready files.</summary>
    public List<(uint Events, ulong Data)> Take(int countMax)
    {
        Prune();
        List<(uint Events, ulong Data)> taken = [];
        List<EpollInterest> reported = [];
        foreach (EpollInterest interest in _interests)
        {
            uint ready = GetReady(interest);
            if (ready == 0)
            {
                continue;
            }

            taken.Add((ready, interest.Data));
            reported.Add(interest);
            interest.Reported = interest.EventCounts;
            interest.IsDisabled = (interest.Events & OneShot) != 0;
            if (taken.Count == countMax)
            {
                break;
            }
        }

        foreach (EpollInterest interest in reported)
        {
            _interests.Remove(interest);
            _interests.Add(interest);
        }

        return taken;
    }

    public override PollEvents Poll()
    {
        Prune();
        return _interests.Exists(interest => GetReady(interest) != 0)
            ? PollEvents.In | PollEvents.ReadNormal
            : PollEvents.None;
    }

    public override void AddQueues(List<WaitQueue> queues)
    {
        Prune();
        AddQueues(queues, 0);
    }

    protected override void Closed() => _interests.Clear();

    private static uint GetReady(EpollInterest interest)
    {
        if (interest.IsDisabled)
        {
            return 0;
        }

        const uint Always = (uint)(PollEvents.Error | PollEvents.HangUp);
        uint ready = (uint)interest.File.Poll() & (interest.Events | Always);
        bool isEdge = (interest.Events & EdgeTriggered) != 0;
        return isEdge && interest.Reported == interest.EventCounts ? 0 : ready;
    }

    private void AddQueues(List<WaitQueue> queues, int depth)
    {
        queues.Add(_changed.Queue);
        foreach (EpollInterest interest in _interests)
        {
            if (interest.File is not EpollFile nested)
            {
                interest.File.AddQueues(queues);
            }
            else if (depth < NestingMax)
            {
                nested.AddQueues(queues, depth + 1);
            }
        }
    }

    private bool Reaches(EpollFile other, int depth)
    {
        foreach (EpollInterest interest in _interests)
        {
            if (interest.File is EpollFile nested
                && (ReferenceEquals(nested, other)
                    || depth >= NestingMax
                    || nested.Reaches(other, depth + 1)))
            {
                return true;
            }
        }

        return false;
    }

    private EpollInterest? Find(int descriptor, OpenFile file) => _interests.Find(
        interest => interest.Descriptor == descriptor && ReferenceEquals(interest.File, file));

    /// <summary>A file that is closed leaves by itself.</summary>
    private void Prune() => _interests.RemoveAll(interest => interest.File.IsClosed);
}
