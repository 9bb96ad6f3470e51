namespace Dilaton.Guest;

/// <summary>Threads that wait for one thing, first come first woken. Whoever changes the thing
/// wakes; a woken thread's system call handler runs again and looks.</summary>
internal sealed class WaitQueue
{
    private readonly LinkedList<IWaiter> _waiters = new();

    public int Count => _waiters.Count;

    public void Add(IWaiter waiter) => _waiters.AddLast(waiter);

    public void Remove(IWaiter waiter) => _waiters.Remove(waiter);

    /// <summary>Wakes at most <paramref name="countMax"/> waiters, oldest first.</summary>
    /// <returns>How many were woken.</returns>
    public int Wake(int countMax = int.MaxValue)
    {
        int woken = 0;
        while (woken < countMax && _waiters.First is { } first)
        {
            _waiters.RemoveFirst();
            first.Value.Woken(this);
            woken++;
        }

        return woken;
    }
}
