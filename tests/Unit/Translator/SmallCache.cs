using Dilaton.Core;

namespace Dilaton.Tests.Unit.Translator;

/// <summary>A data cache with 4 ways, true LRU and a dirty bit, as the filter's oracle.</summary>
internal sealed class SmallCache(int sets)
{
    private const int Ways = 4;

    private readonly List<(ulong Line, bool Dirty)>[] _sets =
        [.. Enumerable.Range(0, sets).Select(_ => new List<(ulong, bool)>())];

    public int Misses { get; private set; }

    public string State => string.Join('|', _sets.Select(s => string.Join(',', s)));

    public static SmallCache Apply(TestGuest guest, int sets)
    {
        SmallCache cache = new(sets);
        foreach (TestRecord record in guest.Records)
        {
            if (record.Kind == MemoryEventKind.Fetch)
            {
                continue;
            }

            ulong offset = record.Address - guest.DataStart;
            for (ulong line = offset / 64; line <= (offset + record.Size - 1) / 64; line++)
            {
                cache.Access(line, record.Kind != MemoryEventKind.Load);
            }
        }

        return cache;
    }

    private void Access(ulong line, bool writes)
    {
        List<(ulong Line, bool Dirty)> set = _sets[(int)(line % (ulong)sets)];
        int at = set.FindIndex(w => w.Line == line);
        bool dirty = writes;
        if (at < 0)
        {
            Misses++;
            if (set.Count == Ways)
            {
                set.RemoveAt(Ways - 1);
            }
        }
        else
        {
            dirty |= set[at].Dirty;
            set.RemoveAt(at);
        }

        set.Insert(0, (line, dirty));
    }
}
