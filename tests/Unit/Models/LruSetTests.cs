using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class LruSetTests
{
    [Fact]
    public void Promote_MovesOneEntryToTheFront_ForEveryNumberOfWays()
    {
        for (int ways = 1; ways <= CacheOptions.WaysMax; ways++)
        {
            for (int way = 0; way < ways; way++)
            {
                ulong[] set = [.. Enumerable.Range(10, ways).Select(i => (ulong)i)];
                List<ulong> expected = [.. set];
                expected.RemoveAt(way);
                expected.Insert(0, 7);
                LruSet.Promote(set, way, 7);
                set.SequenceEqual(expected).ShouldBeTrue($"way {way} of {ways}");
            }
        }
    }

    [Fact]
    public void Find_GivesTheWayThatMatchesUnderTheMask_OrNone()
    {
        for (int ways = 1; ways <= CacheOptions.WaysMax; ways++)
        {
            ulong[] set = [.. Enumerable.Range(1, ways).Select(i => ((ulong)i << 6) | 3)];
            LruSet.Find(set, 1, ~2UL).ShouldBe(-1);
            for (int way = 0; way < ways; way++)
            {
                LruSet.Find(set, ((ulong)(way + 1) << 6) | 1, ~2UL).ShouldBe(way, $"of {ways}");
            }
        }
    }
}
