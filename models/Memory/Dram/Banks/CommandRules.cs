namespace Dilaton.Models.Memory;

/// <summary>Fewest clocks from one command to a later one of the same channel, as far as it does not
/// follow from the state of a bank.</summary>
internal sealed class CommandRules
{
    private readonly BankedDramOptions _options;
    private readonly DramTimings _timings;
    private readonly int _burst;

    public CommandRules(BankedDramOptions options)
    {
        (_options, _timings, _burst) = (options, options.Timings, options.BurstClocks);
        int[] all =
        [
            _timings.Faw, _timings.RrdL, _timings.CcdL, _timings.CcdLWr, _timings.Rtw,
            _timings.Cwl + _burst + _timings.WtrL, _timings.Cl + _burst + _timings.Cs,
        ];
        ReachMax = all.Max();
    }

    /// <summary>No command is kept off by one that is further away.</summary>
    public long ReachMax { get; }

    /// <summary>HOT: per command and neighbour.</summary>
    public int Between(in DramCommand first, in DramCommand second)
    {
        bool isColumn = IsColumn(first.Kind);
        if (isColumn && IsColumn(second.Kind))
        {
            return BetweenColumns(first, second);
        }

        if (first.Kind == DramCommandKind.Activate && second.Kind == DramCommandKind.Activate
            && first.Where.Rank == second.Where.Rank)
        {
            return first.Where.Group == second.Where.Group ? _timings.RrdL : _timings.RrdS;
        }

        // One command a clock; where rows have wires of their own, one of each.
        return _options.HasRowBus && isColumn != IsColumn(second.Kind) ? 0 : 1;
    }

    private static bool IsColumn(DramCommandKind kind) =>
        kind is DramCommandKind.Read or DramCommandKind.Write;

    private int BetweenColumns(in DramCommand first, in DramCommand second)
    {
        bool fromRead = first.Kind == DramCommandKind.Read;
        bool toRead = second.Kind == DramCommandKind.Read;
        if (first.Where.Rank != second.Where.Rank)
        {
            // The data of both, with CS clocks between them.
            int data = (fromRead ? _timings.Cl : _timings.Cwl) + _burst + _timings.Cs;
            return Math.Max(1, data - (toRead ? _timings.Cl : _timings.Cwl));
        }

        bool sameGroup = first.Where.Group == second.Where.Group;
        return (fromRead, toRead) switch
        {
            (true, true) => sameGroup ? _timings.CcdL : _timings.CcdS,
            (false, false) => sameGroup ? _timings.CcdLWr : _timings.CcdS,
            (true, false) => _timings.Rtw,
            (false, true) => _timings.Cwl + _burst + (sameGroup ? _timings.WtrL : _timings.WtrS),
        };
    }
}
