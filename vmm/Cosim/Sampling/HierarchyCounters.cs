using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>What a hierarchy counts, between two looks: hits and misses of its levels, all vCPUs
/// together. It has its counters told by name, so it knows of no level and no policy.</summary>
internal sealed class HierarchyCounters
{
    private readonly IStatisticsSource _hierarchy;
    private readonly List<string> _names = [];
    private readonly List<int> _slots = [];
    private readonly List<UInt128> _before = [];

    public HierarchyCounters(IStatisticsSource hierarchy)
    {
        _hierarchy = hierarchy;
        foreach (Statistic item in Look())
        {
            string? name = NameOf(item);
            int slot = name is null ? -1 : _names.IndexOf(name);
            if (name is not null && slot < 0)
            {
                slot = _names.Count;
                _names.Add(name);
            }

            _slots.Add(slot);
        }
    }

    /// <summary>Such as <c>l1d.loadHits</c>.</summary>
    public IReadOnlyList<string> Names => _names;

    public void Begin()
    {
        _before.Clear();
        foreach (Statistic item in Look())
        {
            _before.Add(item.Value);
        }
    }

    /// <summary>Adds what was counted since <see cref="Begin"/>.</summary>
    public void End(Span<ulong> counters)
    {
        IReadOnlyList<Statistic> now = Look();
        Invariant.Require(now.Count == _slots.Count && _before.Count == now.Count);
        for (int i = 0; i < now.Count; i++)
        {
            if (_slots[i] >= 0)
            {
                counters[_slots[i]] += checked((ulong)(now[i].Value - _before[i]));
            }
        }
    }

    /// <summary>Of a level of one vCPU, that of the level; null if it is no count of hits or misses, or if
    /// it is a part of another one.</summary>
    private static string? NameOf(in Statistic item)
    {
        const string Vcpu = "vcpu";
        string name = item.Name;
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        if (name.StartsWith(Vcpu, StringComparison.Ordinal) && dot > 0
            && int.TryParse(name.AsSpan(Vcpu.Length, dot - Vcpu.Length), CultureInfo.InvariantCulture, out _))
        {
            name = name[(dot + 1)..];
        }

        // Sums that a level has besides are parts counted twice.
        bool isSum = name.Contains(".overall", StringComparison.Ordinal)
            || name.Contains(".demand", StringComparison.Ordinal);
        bool isCount = !isSum && (name.EndsWith("Hits", StringComparison.Ordinal)
            || name.EndsWith("Misses", StringComparison.Ordinal));
        return isCount && item.Divisor == 1 && !name.Contains($".{Vcpu}", StringComparison.Ordinal)
            ? name
            : null;
    }

    private IReadOnlyList<Statistic> Look()
    {
        StatisticsList list = new();
        _hierarchy.Collect(list);
        return list.Items;
    }
}
