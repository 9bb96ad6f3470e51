namespace Dilaton.Guest;

/// <summary>System V shared memory, semaphores and messages of a node. Limits are Linux's.</summary>
internal sealed class NodeIpc
{
    private const int SegmentsMax = 4096;
    private const int SetsMax = 32_000;
    private const int QueuesMax = 32_000;

    public IpcTable<SharedSegment> Segments { get; } = new(SegmentsMax);

    public IpcTable<SemaphoreSet> Sets { get; } = new(SetsMax);

    public IpcTable<MessageQueue> Queues { get; } = new(QueuesMax);

    /// <summary>SEM_UNDO: what a process's end adds to a semaphore.</summary>
    public SortedDictionary<(int Process, int Set, int Number), int> Undo { get; } = [];

    /// <summary>The process has ended.</summary>
    public void EndProcess(int id)
    {
        foreach ((int Process, int Set, int Number) key in Undo.Keys.Where(k => k.Process == id).ToArray())
        {
            Undo.Remove(key, out int change);
            if (Sets.Find(key.Set) is { } set)
            {
                set.Values[key.Number] =
                    (ushort)Math.Clamp(set.Values[key.Number] + change, 0, SemaphoreSet.ValueMax);
                set.LastProcesses[key.Number] = id;
                set.Changed.Wake();
            }
        }
    }

    /// <summary>A value was set, or the set is gone: nothing of it is undone any more.</summary>
    /// <param name="number">Null: of all in the set.</param>
    public void Forget(int set, int? number)
    {
        foreach ((int Process, int Set, int Number) key in
            Undo.Keys.Where(k => k.Set == set && (number is null || k.Number == number)).ToArray())
        {
            Undo.Remove(key);
        }
    }
}
