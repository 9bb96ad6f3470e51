namespace Dilaton.Tests.Unit.Models;

/// <summary>Each half of a range of ways remembers when it was used last, but only relative to the
/// other half: the victim is in the older half, and so on.</summary>
internal sealed class SlowTree(int ways) : SlowSet(ways)
{
    private readonly Dictionary<(int From, int To), bool> _isLowerNewer = [];

    protected override void Touch(int way)
    {
        (int from, int to) = (0, Lines.Count);
        while (to - from > 1)
        {
            int middle = (from + to) / 2;
            bool isLower = way < middle;
            _isLowerNewer[(from, to)] = isLower;
            (from, to) = isLower ? (from, middle) : (middle, to);
        }
    }

    protected override void Fill(int way) => Touch(way);

    protected override void Retouch(int way) => Touch(way);

    protected override int Choose(bool second)
    {
        (int from, int to) = (0, Lines.Count);
        while (to - from > 1)
        {
            int middle = (from + to) / 2;
            bool isLowerNewer = _isLowerNewer.GetValueOrDefault((from, to));
            (from, to) = isLowerNewer ? (middle, to) : (from, middle);
        }

        return from;
    }
}
