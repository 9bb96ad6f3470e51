using Dilaton.Models.Network;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

/// <summary>Palacios' table of priorities, and the choice by it.</summary>
public sealed class RouteTableTests
{
    // Written out as the survey of Palacios has it.
    private static readonly Dictionary<string, int> s_priorities = new()
    {
        ["not/not"] = 3,
        ["not/any"] = 5,
        ["any/not"] = 5,
        ["any/any"] = 6,
        ["any/direct"] = 6,
        ["not/direct"] = 7,
        ["direct/not"] = 7,
        ["direct/any"] = 8,
        ["direct/direct"] = 8,
    };

    [Fact]
    public void Priorities_AreThoseOfPalacios_RowByRow()
    {
        foreach (MatchClass source in Enum.GetValues<MatchClass>())
        {
            foreach (MatchClass destination in Enum.GetValues<MatchClass>())
            {
                string row = $"{source}/{destination}".ToLowerInvariant();
                RoutePriority.Of(source, destination)
                    .ShouldBe(s_priorities.GetValueOrDefault(row), row);
            }
        }
    }

    [Theory]
    [InlineData(MacQualifier.Exact, MatchClass.Direct, MatchClass.None)]
    [InlineData(MacQualifier.Any, MatchClass.Any, MatchClass.Any)]
    [InlineData(MacQualifier.Not, MatchClass.None, MatchClass.Not)]
    [InlineData(MacQualifier.None, MatchClass.None, MatchClass.None)]
    public void Qualifiers_MatchWhatTheySay(
        MacQualifier qualifier, MatchClass equal, MatchClass other)
    {
        MacPattern pattern = new(qualifier, 5);
        (pattern.Match(5), pattern.Match(6)).ShouldBe((equal, other));
    }

    /// <summary>Every pair of qualifiers, and every kind of source, against a search by words.
    /// </summary>
    [Fact]
    public void TakenRoutes_AreAllOfTheHighestPriority() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            RouteTable table = new();
            int count = random.Next(40);
            for (int i = 0; i < count; i++)
            {
                table.Add(new OverlayRoute(
                    Pattern(random), Pattern(random), OverlayEnd.Edge(random.Next(3)),
                    End(random)));
            }

            foreach (int index in Enumerable.Range(0, count).Where(_ => random.Next(4) == 0))
            {
                table.Delete(index).ShouldBeTrue();
                table.Delete(index).ShouldBeFalse();
            }

            for (int i = 0; i < 20; i++)
            {
                (ulong source, ulong destination) =
                    ((ulong)random.Next(4), (ulong)random.Next(4));
                OverlayEnd from = OverlayEnd.Edge(random.Next(2));
                List<RouteEntry> taken = [];
                int priority = table.Match(source, destination, from, taken);
                (int expected, List<int> indices) = Search(table, source, destination, from);
                priority.ShouldBe(expected, $"seed {seed}");
                taken.Select(t => t.Index).ShouldBe(indices, $"seed {seed}");
            }
        }).CheckSeeded();

    [Fact]
    public void Indices_AreNeverGivenTwice()
    {
        RouteTable table = new();
        OverlayRoute route = new(
            MacPattern.Any, MacPattern.Any, OverlayEnd.Edge(0), OverlayEnd.Any);
        table.Add(route).ShouldBe(0);
        table.Add(route).ShouldBe(1);
        table.Delete(1).ShouldBeTrue();
        table.Add(route).ShouldBe(2);
        table.Entries.Select(e => e.Index).ShouldBe([0, 2]);
    }

    private static (int Priority, List<int> Indices) Search(
        RouteTable table, ulong source, ulong destination, OverlayEnd from)
    {
        List<(int Priority, int Index)> all =
        [
            .. table.Entries
                .Where(e => e.Route.From == from || e.Route.From == OverlayEnd.Any)
                .Select(e => (s_priorities.GetValueOrDefault(
                    $"{Word(e.Route.Source, source)}/{Word(e.Route.Destination, destination)}"),
                    e.Index))
                .Where(e => e.Item1 > 0),
        ];
        int highest = all.Count == 0 ? 0 : all.Max(e => e.Priority);
        return (highest, [.. all.Where(e => e.Priority == highest).Select(e => e.Index)]);
    }

    private static string Word(MacPattern pattern, ulong address) => pattern.Qualifier switch
    {
        MacQualifier.Exact when pattern.Address == address => "direct",
        MacQualifier.Not when pattern.Address != address => "not",
        MacQualifier.Any => "any",
        _ => "none",
    };

    private static MacPattern Pattern(Random random) =>
        new((MacQualifier)random.Next(4), (ulong)random.Next(4));

    private static OverlayEnd End(Random random) => random.Next(3) switch
    {
        0 => OverlayEnd.Any,
        1 => OverlayEnd.Edge(random.Next(2)),
        _ => OverlayEnd.Interface(random.Next(2)),
    };
}
