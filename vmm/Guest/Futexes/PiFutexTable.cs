namespace Dilaton.Guest;

/// <summary>Locks with priority inheritance for which threads wait. Nobody is scheduled by priority
/// here, so that there is none to inherit: they are handed on in the order of waiting.</summary>
internal sealed class PiFutexTable
{
    /// <summary>In the order in which they were first waited for.</summary>
    private readonly List<PiFutex> _locks = [];

    public PiFutex? Find(FutexKey key) => _locks.Find(each => each.Key == key);

    /// <summary>A thread waits for a lock.</summary>
    /// <param name="ownerId">The thread that has it.</param>
    public void Add(FutexKey key, int ownerId, PiWaiter waiter)
    {
        PiFutex? found = Find(key);
        if (found is null)
        {
            found = new PiFutex(key);
            _locks.Add(found);
        }

        found.OwnerId = ownerId;
        found.Waiters.AddLast(waiter);
        waiter.Lock = found;
    }

    /// <summary>A thread waits no more.</summary>
    public void Remove(PiWaiter waiter)
    {
        waiter.Lock!.Waiters.Remove(waiter);
        Trim(waiter.Lock);
    }

    /// <summary>The first that waits has the lock from now on, and goes on.</summary>
    public PiWaiter HandOn(PiFutex futex)
    {
        PiWaiter next = futex.Waiters.First!.Value;
        futex.Waiters.RemoveFirst();
        futex.OwnerId = next.Thread.Id;
        Trim(futex);
        next.IsOwner = true;
        next.Queue.Wake();
        return next;
    }

    public PiFutex[] OwnedBy(int threadId) => [.. _locks.Where(each => each.OwnerId == threadId)];

    private void Trim(PiFutex futex)
    {
        if (futex.Waiters.Count == 0)
        {
            _locks.Remove(futex);
        }
    }
}
