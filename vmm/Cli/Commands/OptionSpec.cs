namespace Dilaton.Cli;

/// <summary>An option of `run`, `launch`, `plan` or `sweep`: the one table that parser, help and tests read.
/// </summary>
/// <param name="Name">Long name with dashes; the short one for -q and -o.</param>
/// <param name="ValueName">Null for a flag.</param>
/// <param name="JobPath">The key of the job it stands for, or empty.</param>
internal sealed record OptionSpec(
    string Name, string Alias, string? ValueName, string JobPath, string Description)
{
    private static readonly OptionSpec s_quiet = new(
        "--quiet", "-q", null, "", "No progress, no summary: only the guest's output and errors.");

    private static readonly OptionSpec s_output = new(
        "--output", "-o", "DIR", "", "The result folder (default: tdout).");

    private static readonly OptionSpec s_until = new(
        "--until", "", "TIME", "time.until", "Stop at this virtual time, such as 2s.");

    private static readonly OptionSpec s_wallLimit = new(
        "--wall-limit", "", "TIME", "time.wallLimit", "Stop after this host time, such as 10m.");

    private static readonly OptionSpec s_seed = new(
        "--seed", "", "N", "seed", "Seed of every random stream (default: 1).");

    private static readonly OptionSpec s_gdb = new(
        "--gdb", "", "ADDRESS", "", "Wait for GDB at PORT of this host (0: any), or unix:PATH.");

    public static IReadOnlyList<OptionSpec> Run { get; } =
    [
        s_quiet,
        s_output,
        new("--engine", "", "ENGINE", "nodes[0].engine", "auto, translator or kvm."),
        new("--tdf", "", "FACTOR", "time.tdf", "Time dilation factor, such as 10, 0.5 or 5/3."),
        new("--machine", "", "FILE", "", "YAML file with cores, memory, kernel and time."),
        new("--cores", "", "N", "nodes[0].cores.count", "Number of emulated cores."),
        new("--events", "", "LEVEL", "events.level", "full, filtered or off."),
        new("--profile", "", "BY", "nodes[0].profile.by", "Where time goes, by function and line: code or data."),
        new("--kernel", "", "FILE", "nodes[0].guest.system.kernel", "Boot this kernel, in place of a program."),
        new("--initrd", "", "FILE", "nodes[0].guest.system.initrd", "With --kernel: its initial RAM disk."),
        new("--append", "", "TEXT", "nodes[0].guest.system.append", "With --kernel: its command line."),
        s_until,
        s_wallLimit,
        s_seed,
        s_gdb,
    ];

    public static IReadOnlyList<OptionSpec> Sweep { get; } =
    [
        s_quiet,
        new("--output", "-o", "DIR", "", "The sweep's folder (default: tdsweep)."),
        new("--repeat", "", "R", "", "Run each point R times, each time with another seed."),
        new("--executor", "", "NAME", "", "What runs the points: local (default), slurm or parallel."),
        new("--jobs", "-j", "N", "", "Points at once (default: as many as processors and memory allow)."),
        new("--points-per-task", "", "N", "", "With slurm: points that a task runs one by one (default: 1)."),
        new("--slurm-options", "", "TEXT", "", "With slurm: options of sbatch, such as '--partition=long'."),
        new("--plan-only", "", null, "", "Write the folder and the executor's files; start nothing."),
        new("--submit-only", "", null, "", "With slurm: submit, and wait for nothing."),
        new("--gather", "", null, "", "Make the tables of a sweep's folder from what its points left."),
        new("--cancel", "", null, "", "End the jobs that Slurm has of the folder's sweep."),
        new("--resume", "", null, "", "Run what is missing of the folder's sweep, and what failed."),
        new("--dry-run", "", null, "", "Print the points and an estimate of the time; do nothing."),
        new("--keep-going", "", null, "", "Go on when a point fails."),
        new("--json", "", null, "", "The summary as JSON."),
        new("--run-point", "", "ID", "", "Run one point of the folder's sweep, in this process."),
        new("--parent", "", "PID", "", "With --run-point: end with that process."),
        new("--cpus", "", "LIST", "", "With --run-point: keep to these processors, such as 0,1."),
        s_seed,
    ];

    public static IReadOnlyList<OptionSpec> Plan { get; } =
    [
        new("--calibrate", "", "TIME", "", "Host time to measure for, such as 10s (default: 2s)."),
        new("--json", "", null, "", "As JSON."),
        s_seed,
    ];

    public static IReadOnlyList<OptionSpec> Launch { get; } =
    [
        s_quiet,
        s_output,
        new("--force", "", null, "", "Replace a result folder that holds foreign files."),
        new("--dry-run", "", null, "", "Print the resolved job and what would be done; do nothing."),
        new("--replay-control", "", "FILE", "", "Play back what an operator changed: a control.log."),
        new("--executor", "", "NAME", "", "local (default), or slurm: a heterogeneous job, a component a host."),
        new("--slurm-options", "", "TEXT", "", "With slurm: options of sbatch, such as '--partition=long'."),
        new("--plan-only", "", null, "", "With slurm: write launch.sbatch; submit nothing."),
        s_seed,
        s_until,
        s_wallLimit,
        s_gdb,
    ];
}
