namespace Dilaton.Models.Network;

/// <summary>The routes of one overlay host, in the order in which they were added.</summary>
public sealed class RouteTable
{
    public const int RoutesMax = 65_536;

    private readonly List<RouteEntry> _entries = [];
    private int _next;

    public IReadOnlyList<RouteEntry> Entries => _entries;

    /// <summary>What the next route's index will be.</summary>
    public int NextIndex => _next;

    /// <returns>The route's index.</returns>
    public int Add(OverlayRoute route)
    {
        _entries.Add(new RouteEntry(_next, route));
        return _next++;
    }

    /// <returns>False if there is no route of this index.</returns>
    public bool Delete(int index) => _entries.RemoveAll(entry => entry.Index == index) > 0;

    /// <summary>The routes that a frame takes: all of the highest priority.</summary>
    /// <returns>That priority; <see cref="RoutePriority.NoMatch"/> and no routes if none is for it.
    /// </returns>
    public int Match(ulong source, ulong destination, OverlayEnd from, List<RouteEntry> taken)
    {
        int highest = RoutePriority.NoMatch;
        taken.Clear();
        foreach (RouteEntry entry in _entries)
        {
            int priority = entry.Route.PriorityFor(source, destination, from);
            if (priority > highest)
            {
                highest = priority;
                taken.Clear();
            }

            if (priority == highest && priority != RoutePriority.NoMatch)
            {
                taken.Add(entry);
            }
        }

        return highest;
    }
}
