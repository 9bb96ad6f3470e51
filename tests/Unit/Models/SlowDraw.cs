namespace Dilaton.Tests.Unit.Models;

/// <summary>A way drawn at each replacement.</summary>
internal sealed class SlowDraw(int ways, SlowRandom random) : SlowSet(ways)
{
    protected override void Touch(int way)
    {
    }

    protected override void Fill(int way)
    {
    }

    protected override int Choose(bool second)
    {
        int[] others = [.. Enumerable.Range(0, Lines.Count)
            .Where(w => !second || Last is null || Lines[w] != Last || Lines.Count == 1)];
        return others[random.Below(others.Length)];
    }
}
