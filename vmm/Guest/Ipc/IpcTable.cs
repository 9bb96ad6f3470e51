namespace Dilaton.Guest;

/// <summary>The System V objects of one kind that a node has, by id.</summary>
internal sealed class IpcTable<T>(int countMax)
    where T : IpcObject
{
    private const int IPC_CREAT = 0x200;
    private const int IPC_EXCL = 0x400;

    private readonly SortedDictionary<int, T> _objects = [];
    private int _nextId;

    public IEnumerable<T> All => _objects.Values;

    public T? Find(int id) => _objects.GetValueOrDefault(id);

    public void Remove(int id) => _objects.Remove(id);

    /// <summary>shmget, semget, msgget.</summary>
    /// <param name="check">Whether one that is there will do: 0 or a negated error.</param>
    /// <param name="make">A new one of that id, or a negated error.</param>
    /// <returns>Its id or a negated error.</returns>
    public long Get(int key, int flags, Func<T, int> check, Func<int, (T? Made, int Error)> make)
    {
        if (key != IpcObject.IPC_PRIVATE && All.FirstOrDefault(o => o.Key == key) is { } found)
        {
            int error = (flags & (IPC_CREAT | IPC_EXCL)) == (IPC_CREAT | IPC_EXCL)
                ? -Errno.EEXIST
                : check(found);
            return error != 0 ? error : found.Id;
        }

        if (key != IpcObject.IPC_PRIVATE && (flags & IPC_CREAT) == 0)
        {
            return -Errno.ENOENT;
        }

        if (_objects.Count >= countMax)
        {
            return -Errno.ENOSPC;
        }

        (T? made, int refusal) = make(_nextId);
        if (made is null)
        {
            return refusal;
        }

        _objects.Add(_nextId, made);
        return _nextId++;
    }
}
