namespace Dilaton.Cosim;

/// <summary>One vCPU's slices: they follow each other without gap or overlap, and none is lost. Once there
/// are as many as there may be, neighbours become one, and from then on none shorter than twice as long as
/// before is begun.</summary>
internal sealed class VcpuSlices(int slicesMax)
{
    private List<Item> _items = [];
    private ulong _grainPs;

    public IEnumerable<TimelineSlice> Slices => _items.Select(item => new TimelineSlice(
        item.BeginPs, item.EndPs, item.Kind, item.Instructions, item.Units));

    /// <param name="interval">Slices of different weave intervals are told apart.</param>
    public void Add(ulong beginPs, ulong endPs, SliceKind kind, ulong interval, ulong instructions, ulong[] units)
    {
        if (_items.Count > 0 && Continues(_items[^1], kind, interval))
        {
            _items[^1] = _items[^1].With(endPs, instructions, units);
            return;
        }

        if (_items.Count == slicesMax)
        {
            Coarsen();
        }

        _items.Add(new Item(beginPs, endPs, kind, interval, instructions, [.. units], endPs - beginPs));
    }

    private bool Continues(in Item last, SliceKind kind, ulong interval) =>
        last.EndPs - last.BeginPs < _grainPs || (last.Kind == kind && last.Interval == interval);

    private void Coarsen()
    {
        List<Item> merged = [];
        for (int i = 0; i < _items.Count; i += 2)
        {
            Item item = _items[i];
            if (i + 1 < _items.Count)
            {
                Item next = _items[i + 1];
                bool isNext = next.LongestPs > item.LongestPs;
                item = item.With(next.EndPs, next.Instructions, next.Units) with
                {
                    Kind = isNext ? next.Kind : item.Kind,
                    LongestPs = Math.Max(item.LongestPs, next.LongestPs),
                };
            }

            merged.Add(item);
        }

        _items = merged;
        ulong mean = (_items[^1].EndPs - _items[0].BeginPs) / (ulong)_items.Count;
        _grainPs = Math.Max(2 * _grainPs, mean);
    }

    /// <param name="LongestPs">Of the slices that it was made of, the one that has given it its kind.</param>
    private readonly record struct Item(
        ulong BeginPs, ulong EndPs, SliceKind Kind, ulong Interval, ulong Instructions, ulong[] Units, ulong LongestPs)
    {
        public Item With(ulong endPs, ulong instructions, ulong[] units)
        {
            for (int i = 0; i < units.Length; i++)
            {
                Units[i] = checked(Units[i] + units[i]);
            }

            return this with { EndPs = endPs, Instructions = Instructions + instructions };
        }
    }
}
