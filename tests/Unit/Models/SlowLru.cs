namespace Dilaton.Tests.Unit.Models;

/// <summary>The line used last comes first.</summary>
internal sealed class SlowLru(int ways) : SlowSet(ways)
{
    private readonly List<ulong> _order = [];

    public override ulong? Last
    {
        get => _order.Count == 0 ? null : _order[0];
        protected set { }
    }

    public override void Use(ulong line)
    {
        _order.Remove(line);
        _order.Insert(0, line);
    }

    public override ulong? Put(ulong line, bool second)
    {
        ulong? left = _order.Count == Lines.Count ? _order[^1] : null;
        Remove(left ?? line);
        Lines[Lines.IndexOf(null)] = line;
        _order.Insert(second && _order.Count > 0 ? 1 : 0, line);
        return left;
    }

    public override void Remove(ulong line)
    {
        _order.Remove(line);
        base.Remove(line);
    }

    protected override void Touch(int way) => throw new NotSupportedException();

    protected override void Fill(int way) => throw new NotSupportedException();

    protected override int Choose(bool second) => throw new NotSupportedException();
}
