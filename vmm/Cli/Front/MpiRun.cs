using System.Globalization;

namespace Dilaton.Cli;

/// <summary>OpenMPI's mpirun, as what starts the ranks of one SST on one host.</summary>
internal static class MpiRun
{
    public const string Program = "mpirun";

    /// <summary>How many ranks the job asks for, which dilaton.Vcpus holds SST's own number to.
    /// </summary>
    public const string RanksVariable = "DILATON_RANKS";

    /// <summary>Before the name of a parameter of OpenMPI's, as a variable.</summary>
    private const string ParameterPrefix = "OMPI_MCA_";

    // Messages by shared memory, without the right to read another process's.
    private static readonly (string Name, string Value)[] s_messages =
    [
        ("pml", "ob1"), ("btl", "vader,self"), ("btl_vader_single_copy_mechanism", "none"),
    ];

    // No other host and no batch system's; a rank that waits lets others have the processor.
    private static readonly (string Name, string Value)[] s_launch =
    [
        ("plm", "isolated"), ("ras", "^slurm"), ("oob_tcp_if_include", "lo"), ("mpi_yield_when_idle", "1"),
    ];

    /// <summary>What comes before the program of a rank.</summary>
    /// <param name="isRoot">mpirun does nothing for root unless told.</param>
    public static IEnumerable<string> Prefix(int ranks, bool isRoot)
    {
        string count = ranks.ToString(CultureInfo.InvariantCulture);
        return
        [
            Program, "-np", count, "--host", $"localhost:{count}", "--oversubscribe", "--bind-to", "none",
            .. isRoot ? (string[])["--allow-run-as-root"] : [],
            .. s_launch.Concat(s_messages)
                .SelectMany(pair => (string[])["--mca", pair.Name, pair.Value]),
        ];
    }

    /// <summary>For an SST of one rank, which if it was built with MPI would else start a daemon that
    /// listens to the network, and in a step of a Slurm job take itself for one that srun started.</summary>
    public static void AddAlone(Dictionary<string, string?> variables)
    {
        variables["SLURM_STEP_ID"] = null;
        variables[$"{ParameterPrefix}ess_singleton_isolated"] = "1";
        foreach ((string name, string value) in s_messages)
        {
            variables[ParameterPrefix + name] = value;
        }
    }

    /// <summary>Where the ranks' files lie while they run. OpenMPI's own places keep them if
    /// everything is killed.</summary>
    public static void AddScratch(Dictionary<string, string?> variables, string folder)
    {
        variables[$"{ParameterPrefix}orte_tmpdir_base"] = folder;
        variables[$"{ParameterPrefix}btl_vader_backing_directory"] = folder;
    }
}
