namespace Dilaton.Cli;

/// <summary>SST, and what starts several ranks of it.</summary>
internal static class SstChecks
{
    public static IReadOnlyList<Finding> All()
    {
        SstTools? tools = SstTools.Find(null);
        return Describe(tools?.Sst, tools is null ? null : MpiTools.IsIn(tools), MpiTools.Launcher());
    }

    /// <param name="sst">Its path; null: none.</param>
    /// <param name="hasMpi">Null: not known.</param>
    /// <param name="launcher">As <see cref="MpiTools.Launcher"/> tells.</param>
    public static IReadOnlyList<Finding> Describe(string? sst, bool? hasMpi, string? launcher)
    {
        string mpi = hasMpi switch
        {
            true => ", with MPI",
            false => ", without MPI",
            null => "",
        };
        return
        [
            new Finding(
                "sst",
                sst is null ? FindingLevel.Warn : FindingLevel.Ok,
                sst is null ? "missing" : sst + mpi,
                sst is null ? "needed for SST peers only: see sst-simulator.org" : ""),
            new Finding(
                MpiRun.Program,
                MpiTools.Trouble(launcher) is null ? FindingLevel.Ok : FindingLevel.Warn,
                launcher ?? "missing",
                MpiTools.Trouble(launcher) is null
                    ? ""
                    : "needed for SST peers of several ranks only: apt-get install openmpi-bin"),
        ];
    }
}
