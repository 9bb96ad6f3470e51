namespace Dilaton.Tests.Unit.Models;

/// <summary>Fills of a whole cache.</summary>
internal sealed class SlowFills
{
    public int Count { get; set; }
}
