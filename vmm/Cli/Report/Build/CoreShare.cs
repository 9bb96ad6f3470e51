namespace Dilaton.Cli;

/// <summary>Where a core's virtual time went, as parts of 1.</summary>
/// <param name="Ticks">Virtual picoseconds of its node.</param>
internal sealed record CoreShare(
    string Node, string Core, double Ticks, double Executed, double Stall, double Kernel, double Waiting)
{
    public IReadOnlyList<(string Name, double Share)> Parts =>
        [("executed", Executed), ("stall", Stall), ("kernel", Kernel), ("waiting", Waiting)];
}
