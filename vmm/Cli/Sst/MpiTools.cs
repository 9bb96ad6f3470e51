namespace Dilaton.Cli;

/// <summary>What this host has for an SST of several MPI ranks.</summary>
internal static class MpiTools
{
    public const string Help = "Debian, Ubuntu: apt-get install openmpi-bin libopenmpi-dev, and an "
        + "sst-core that is configured with it; or leave ranks out; docs/howto/sst.md";

    private const string OpenMpi = "(Open MPI)";
    private const string HasMpiLine = "#define SST_CONFIG_HAVE_MPI 1";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    /// <summary>The first line of mpirun's version; null if there is none in PATH.</summary>
    public static string? Launcher() => InPath(MpiRun.Program) is { } path
        ? Output(path, "--version").Split('\n')[0].Trim()
        : null;

    /// <summary>What is wrong with it for us; null if nothing is.</summary>
    /// <param name="launcher">As <see cref="Launcher"/> tells.</param>
    public static string? Trouble(string? launcher) => launcher is null
        ? "no mpirun in PATH"
        : launcher.Contains(OpenMpi, StringComparison.Ordinal)
            ? null
            : $"mpirun is not OpenMPI's ({(launcher.Length > 0 ? launcher : "it says nothing")})";

    /// <summary>Whether SST was built with MPI; null if its headers do not tell.</summary>
    public static bool? IsIn(SstTools tools)
    {
        string config = Path.Combine(Path.GetDirectoryName(tools.Sst)!, "sst-config");
        if (!File.Exists(config))
        {
            return null;
        }

        return Output(config, "--ELEMENT_CXXFLAGS")
            .Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Where(flag => flag.StartsWith("-I", StringComparison.Ordinal))
            .Select(flag => Path.Combine(flag[2..], "sst", "core", "sst_config.h"))
            .Where(File.Exists)
            .Select(header => (bool?)HasMpi(File.ReadAllText(header)))
            .FirstOrDefault();
    }

    /// <param name="header">Text of SST's sst_config.h.</param>
    public static bool HasMpi(string header) =>
        header.Split('\n').Any(line => line.TrimEnd() == HasMpiLine);

    /// <returns>False: a peer of this host can't have its ranks, as reported.</returns>
    public static bool Check(Job job, DiagnosticBag bag)
    {
        foreach (PeerJob peer in job.Peers)
        {
            if (peer.Ranks > 1 && HostSpread.IndexOf(job, peer.Host) == 0 && Lacks(peer) is { } lack)
            {
                bag.Error(
                    DiagnosticCode.EnvironmentMissing,
                    $"peer '{peer.Name}' has {peer.Ranks} MPI ranks: {lack}",
                    Help);
                return false;
            }
        }

        return true;
    }

    private static string? Lacks(PeerJob peer) => Trouble(Launcher())
        ?? (SstTools.Find(peer.Program) is { } tools && IsIn(tools) == false
            ? $"{tools.Sst} was built without MPI"
            : null);

    private static string? InPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    private static string Output(string program, string argument) =>
        ToolRun.Of(program, [argument], new Dictionary<string, string?>(), s_limit).Text;
}
