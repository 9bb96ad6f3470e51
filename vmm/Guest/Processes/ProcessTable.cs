using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Guest;

/// <summary>The processes of a node by id: living ones, and ended ones that nobody has waited for.
/// </summary>
internal sealed class ProcessTable
{
    /// <summary>As Linux's pid_max on a small machine.</summary>
    public const int CountMax = 32_768;

    private readonly SortedDictionary<int, GuestProcess> _processes = [];

    public int Count => _processes.Count;

    /// <summary>In the order of their ids.</summary>
    public IReadOnlyCollection<GuestProcess> All => _processes.Values;

    /// <summary>Those that have not ended, in the order of their ids.</summary>
    public IEnumerable<GuestProcess> Living => _processes.Values.Where(p => p.End is null);

    public void Add(GuestProcess process) => _processes.Add(process.Id, process);

    public void Remove(GuestProcess process)
    {
        _processes.Remove(process.Id);
        process.IsReaped = true;
        process.Ended.Signal();
    }

    public bool TryFind(int id, [NotNullWhen(true)] out GuestProcess? process) =>
        _processes.TryGetValue(id, out process);

    public IReadOnlyList<GuestProcess> ChildrenOf(int id) =>
        [.. _processes.Values.Where(p => p.ParentId == id)];

    public IReadOnlyList<GuestProcess> LivingOfGroup(int id) =>
        [.. Living.Where(p => p.GroupId == id)];

    /// <summary>Nobody of its session outside the group could continue what stops in it.</summary>
    public bool IsOrphaned(int group) => !Living.Any(p => p.GroupId == group
        && TryFind(p.ParentId, out GuestProcess? parent) && parent.End is null
        && parent.GroupId != group && parent.SessionId == p.SessionId);

    public bool HasGroup(int id, int sessionId) =>
        _processes.Values.Any(p => p.GroupId == id && p.SessionId == sessionId);
}
