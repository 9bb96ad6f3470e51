using Dilaton.Core;

namespace Dilaton.Tests.Differential;

/// <summary>The simplest L1: 64 sets of 8 lines, true LRU, write-allocate. What it lets out (misses
/// and first stores to a clean line) must not depend on whether sure hits were filtered.</summary>
internal sealed class ReferenceL1
{
    private const int Sets = 64;
    private const int Ways = 8;
    private const int LineShift = 6;
    private readonly List<(ulong Line, bool IsDirty)>[] _sets =
        [.. Enumerable.Range(0, Sets).Select(_ => new List<(ulong, bool)>())];

    public List<string> Events { get; } = [];

    public void Access(in AccessRecord record)
    {
        ulong first = record.Physical >> LineShift;
        ulong last = (record.Physical + Math.Max((ulong)record.SizeBytes, 1) - 1) >> LineShift;
        for (ulong line = first; line <= last; line++)
        {
            AccessLine(line, record.Kind, record.Units);
        }
    }

    private void AccessLine(ulong line, MemoryEventKind kind, ulong units)
    {
        List<(ulong Line, bool IsDirty)> set = _sets[line % Sets];
        int way = set.FindIndex(e => e.Line == line);
        if (kind == MemoryEventKind.Flush)
        {
            Events.Add($"{kind} {line << LineShift:x} @{units}");
            if (way >= 0)
            {
                set.RemoveAt(way);
            }

            return;
        }

        bool isStore = kind is MemoryEventKind.Store or MemoryEventKind.Modify
            or MemoryEventKind.Atomic;
        bool wasDirty = way >= 0 && set[way].IsDirty;
        if (way < 0 || (isStore && !wasDirty))
        {
            Events.Add($"{(way < 0 ? "miss" : "upgrade")} {kind} {line << LineShift:x} @{units}");
        }

        if (way >= 0)
        {
            set.RemoveAt(way);
        }

        set.Insert(0, (line, wasDirty || isStore));
        if (set.Count > Ways)
        {
            set.RemoveAt(Ways);
        }
    }
}
