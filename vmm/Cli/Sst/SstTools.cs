namespace Dilaton.Cli;

/// <summary>The programs of one installation of SST.</summary>
/// <param name="Sst">Path of `sst`.</param>
/// <param name="Info">Path of `sst-info`.</param>
internal sealed record SstTools(string Sst, string Info)
{
    /// <summary>What to say where <see cref="Find"/> finds nothing.</summary>
    public const string Missing = "SST is missing: no sst and sst-info in PATH";

    public const string MissingHelp = "build sst-core and sst-elements "
        + "(https://sst-simulator.org), and put its bin folder into PATH; docs/howto/sst.md";

    /// <param name="program">The program of a peer. If it is a path of an `sst`, the tools beside
    /// it are meant; else (none, or a wrapper of some kind) those in PATH.</param>
    /// <returns>Null if there are none.</returns>
    public static SstTools? Find(string? program)
    {
        if (program is not null
            && program.Contains('/', StringComparison.Ordinal)
            && Path.GetFileName(program) == "sst"
            && In(Path.GetDirectoryName(Path.GetFullPath(program))!) is { } beside)
        {
            return beside;
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(In)
            .FirstOrDefault(tools => tools is not null);
    }

    private static SstTools? In(string folder)
    {
        SstTools tools = new(Path.Combine(folder, "sst"), Path.Combine(folder, "sst-info"));
        return File.Exists(tools.Sst) && File.Exists(tools.Info) ? tools : null;
    }
}
