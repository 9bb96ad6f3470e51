namespace Dilaton.Guest;

/// <summary>Advisory locks of a file: record locks of fcntl(2), of processes and of open files, and
/// those of flock(2), which are another kind. An owner is a process's
/// <see cref="FileDescriptorTable"/> or an <see cref="OpenFile"/>.</summary>
internal sealed class FileLocks
{
    public const short Read = 0;
    public const short Write = 1;
    public const short None = 2;

    private readonly List<FileLock> _records = [];
    private readonly List<(OpenFile File, bool IsExclusive)> _whole = [];

    /// <summary>Who waits for a lock.</summary>
    public WaitQueue Changed { get; } = new();

    /// <summary>The first lock of somebody else that the range can't be locked beside.</summary>
    public FileLock? FindConflict(FileLock wanted)
    {
        foreach (FileLock held in _records)
        {
            if (held.Owner != wanted.Owner && held.Overlaps(wanted)
                && (held.Type == Write || wanted.Type == Write))
            {
                return held;
            }
        }

        return null;
    }

    /// <summary>Locks or, with <see cref="None"/>, unlocks a range of its owner.</summary>
    public void Set(FileLock wanted)
    {
        foreach (FileLock held in _records.ToArray())
        {
            if (held.Owner != wanted.Owner || !held.Overlaps(wanted))
            {
                continue;
            }

            _records.Remove(held);
            if (held.First < wanted.First)
            {
                _records.Add(held with { Last = wanted.First - 1 });
            }

            if (held.Last > wanted.Last)
            {
                _records.Add(held with { First = wanted.Last + 1 });
            }
        }

        if (wanted.Type != None)
        {
            _records.Add(Join(wanted));
        }

        _records.Sort((a, b) => a.First.CompareTo(b.First));
        Changed.Wake();
    }

    /// <summary>flock: a lock of another kind that the file had is lost, even if the new one can't
    /// be had.</summary>
    /// <returns>False if another open file's lock is in the way.</returns>
    public bool TrySetWhole(OpenFile file, bool isExclusive)
    {
        if (_whole.Contains((file, isExclusive)))
        {
            return true;
        }

        ReleaseWhole(file);
        if (_whole.Exists(held => isExclusive || held.IsExclusive))
        {
            return false;
        }

        _whole.Add((file, isExclusive));
        return true;
    }

    public void ReleaseWhole(OpenFile file)
    {
        if (_whole.RemoveAll(held => held.File == file) > 0)
        {
            Changed.Wake();
        }
    }

    /// <summary>All record locks of an owner.</summary>
    public void Release(object owner)
    {
        if (_records.RemoveAll(held => held.Owner == owner) > 0)
        {
            Changed.Wake();
        }
    }

    /// <summary>Takes in the neighbours of the same kind.</summary>
    private FileLock Join(FileLock wanted)
    {
        foreach (FileLock held in _records.ToArray())
        {
            bool touches = (held.Last != long.MaxValue && held.Last + 1 == wanted.First)
                || (wanted.Last != long.MaxValue && wanted.Last + 1 == held.First);
            if (held.Owner == wanted.Owner && held.Type == wanted.Type && touches)
            {
                _records.Remove(held);
                wanted = wanted with
                {
                    First = Math.Min(held.First, wanted.First),
                    Last = Math.Max(held.Last, wanted.Last),
                };
            }
        }

        return wanted;
    }
}
