namespace Dilaton.Tests.Unit.Models;

/// <summary>One set; what the policies of docs/models.md do to it, written another way than in the
/// models.</summary>
internal abstract class SlowSet(int ways)
{
    protected List<ulong?> Lines { get; } = [.. Enumerable.Repeat((ulong?)null, ways)];

    /// <summary>The line used or filled last, if it is still here.</summary>
    public virtual ulong? Last { get; protected set; }

    public bool Has(ulong line) => Lines.Contains(line);

    public virtual void Use(ulong line)
    {
        Last = line;
        Touch(Lines.IndexOf(line));
    }

    /// <returns>What had to leave.</returns>
    public virtual ulong? Put(ulong line, bool second)
    {
        int way = Lines.IndexOf(null);
        way = way < 0 ? Choose(second) : way;
        ulong? left = Lines[way];
        Lines[way] = line;
        Last = left is not null && left == Last ? null : Last;
        Fill(way);
        if (second && Last is ulong last)
        {
            Retouch(Lines.IndexOf(last));
        }

        Last = second ? Last : line;
        return left;
    }

    public virtual void Remove(ulong line)
    {
        int way = Lines.IndexOf(line);
        if (way >= 0)
        {
            Lines[way] = null;
        }

        Last = Last == line ? null : Last;
    }

    protected abstract void Touch(int way);

    protected abstract void Fill(int way);

    /// <summary>The line used last stays it, although another one was filled.</summary>
    protected virtual void Retouch(int way)
    {
    }

    protected abstract int Choose(bool second);
}
