using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Guest;

/// <summary>Who waits on which futex, in order of arrival (futex(2)).</summary>
internal sealed class FutexTable
{
    private readonly Dictionary<FutexKey, LinkedList<FutexWaiter>> _waiters = [];

    public void Add(FutexWaiter waiter)
    {
        if (!_waiters.TryGetValue(waiter.Key, out LinkedList<FutexWaiter>? list))
        {
            list = new LinkedList<FutexWaiter>();
            _waiters.Add(waiter.Key, list);
        }

        list.AddLast(waiter);
    }

    public void Remove(FutexWaiter waiter)
    {
        if (TryFind(waiter.Key, out LinkedList<FutexWaiter>? list))
        {
            list.Remove(waiter);
            Trim(waiter.Key, list);
        }
    }

    /// <summary>Wakes waiters whose bits meet the mask, oldest first.</summary>
    /// <returns>How many.</returns>
    public int Wake(FutexKey key, int countMax, uint mask = uint.MaxValue)
    {
        int woken = 0;
        if (!TryFind(key, out LinkedList<FutexWaiter>? list))
        {
            return 0;
        }

        LinkedListNode<FutexWaiter>? node = list.First;
        while (node is not null && woken < countMax)
        {
            LinkedListNode<FutexWaiter>? next = node.Next;
            if ((node.Value.Bits & mask) != 0)
            {
                list.Remove(node);
                node.Value.IsWoken = true;
                node.Value.Queue.Wake();
                woken++;
            }

            node = next;
        }

        Trim(key, list);
        return woken;
    }

    /// <summary>Lets waiters of one futex wait on another instead, oldest first.</summary>
    /// <returns>How many.</returns>
    public int Requeue(FutexKey from, FutexKey to, int countMax)
    {
        int moved = 0;
        while (moved < countMax
            && from != to
            && TryFind(from, out LinkedList<FutexWaiter>? list))
        {
            FutexWaiter waiter = list.First!.Value;
            list.RemoveFirst();
            Trim(from, list);
            waiter.Key = to;
            Add(waiter);
            moved++;
        }

        return moved;
    }

    private bool TryFind(FutexKey key, [NotNullWhen(true)] out LinkedList<FutexWaiter>? list) =>
        _waiters.TryGetValue(key, out list);

    private void Trim(FutexKey key, LinkedList<FutexWaiter> list)
    {
        if (list.Count == 0)
        {
            _waiters.Remove(key);
        }
    }
}
