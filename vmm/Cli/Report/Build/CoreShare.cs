namespace Dilaton.Cli;

/// <summary>Where a core's virtual time went, as parts of 1.</summary>
/// <param name="Ticks">Virtual picoseconds of its node that the statistics are of.</param>
/// <param name="End">When its node ended; later than Ticks if the guest reset its statistics.</param>
internal sealed record CoreShare(
    string Node, string Core, double Ticks, double End, double Executed, double Stall, double Kernel, double Waiting)
{
    public IReadOnlyList<(string Name, double Share)> Parts =>
        [("executed", Executed), ("stall", Stall), ("kernel", Kernel), ("waiting", Waiting)];
}
