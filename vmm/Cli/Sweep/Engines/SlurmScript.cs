using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dilaton.Cli;

/// <summary>The batch scripts of a sweep, for people to read, change and submit.</summary>
internal sealed class SlurmScript(SweepFolder folder, SweepPlan plan, SlurmOptions options)
{
    public const string SweepName = "sweep.sbatch";
    public const string GatherName = "gather.sbatch";
    public const string GatherSuffix = "-gather";
    public const string OutputFolder = "slurm";

    /// <summary>Slurm's MaxArraySize is 1001 unless a site says otherwise.</summary>
    public const int TasksMax = 1000;

    public const int PointsPerTaskMax = 100_000;

    private const int HashLength = 8;

    /// <summary>By which the jobs of this folder are known in the queue.</summary>
    public string JobName { get; } = NameOf(folder, plan.Name);

    /// <param name="job">The job's name.</param>
    public static string NameOf(SweepFolder folder, string job)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder.Root)));
        string name = string.Concat(job.Where(char.IsAsciiLetterOrDigit));
        return $"{(name.Length > 0 ? name : "sweep")}-{hash[..HashLength]}";
    }

    /// <summary>More than was asked for if the array would have too many tasks.</summary>
    public int PointsPerTask(int points) =>
        Math.Max(options.PointsPerTask, (points + TasksMax - 1) / TasksMax);

    /// <summary>sweep.sbatch: an array whose tasks run these points.</summary>
    public string Sweep(IReadOnlyList<SweepPoint> points)
    {
        int each = PointsPerTask(points.Count);
        int last = Math.Max(0, ((points.Count + each - 1) / each) - 1);
        int? atOnce = plan.Needs.IsAlone ? 1 : options.AtOnce;
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"""
            #!/bin/bash
            # Runs points of a sweep that have no result yet, {each} in each task of the array.
            # Submitted by hand (sbatch {SweepName}), --resume gathers what it made.
            # A task's processors are for a point's workers and peers, and the MPI ranks that mpirun starts in it.
            #SBATCH --job-name={JobName}
            #SBATCH --array=0-{last}{(atOnce is { } most ? $"%{most}" : "")}
            #SBATCH --nodes=1 --ntasks=1 --cpus-per-task={plan.Needs.Cores}
            #SBATCH --mem={MegabytesOf(plan.Needs.MemoryBytes)}M
            #SBATCH --no-requeue
            {Common("%A_%a", TimeLine(each))}
            each={each}
            points=(
            {string.Join('\n', points.Select(point => point.Id))}
            )

            """).Append(Body);
        return text.ToString();
    }

    /// <summary>gather.sbatch: results.csv and the like, from what the points left.</summary>
    public string Gather() => string.Create(CultureInfo.InvariantCulture, $"""
        #!/bin/bash
        # Makes points.csv, results.csv and results.db from what the points left.
        #SBATCH --job-name={JobName}{GatherSuffix}
        #SBATCH --nodes=1 --ntasks=1
        {Common("gather-%j", "")}
        exec {LaunchPlan.Quoted([OwnCommand.Script ?? "dilaton"])} sweep --gather {Quoted(folder.Root)}

        """);

    private const string Body = """

        # At a signal the point that runs ends as by `dilaton launch`, and no other starts.
        asked='' child='' worst=0
        stop() { asked=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null; }
        trap stop TERM USR1

        for point in "${points[@]:SLURM_ARRAY_TASK_ID * each:each}"; do
            # Slurm has put this task into its queue again: the point that it broke off is not done.
            if [ -n "$SLURM_RESTART_COUNT" ] &&
                grep -qsE '"status": *"(terminated|interrupted)"' "runs/$point/result.json"; then
                rm "runs/$point/result.json"
            fi
            [ ! -e "runs/$point/result.json" ] || continue
            [ -z "$asked" ] || exit 143
            line=$(grep -m1 -F -- "--run-point $point " tasks.txt) || { echo "tasks.txt: no $point"; exit 2; }
            mkdir -p "runs/$point"
            bash -c "exec $line" >"runs/$point/log.txt" 2>&1 &
            child=$!
            wait "$child"
            code=$?
            while kill -0 "$child" 2>/dev/null; do
                wait "$child"
                code=$?
            done
            child=''
            [ "$code" -le "$worst" ] || worst=$code
        done
        exit "$worst"

        """;

    /// <summary>By the job's wall limit, and two minutes for its ends.</summary>
    private string TimeLine(int each) => plan.Needs.WallLimitSeconds is { } seconds
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"#SBATCH --time={(long)Math.Ceiling(seconds * each / 60) + 2}\n")
        : "";

    private string Common(string output, string time)
    {
        string extra = options.Extra.Length > 0 ? $"#SBATCH {options.Extra}\n" : "";
        return $"#SBATCH --chdir={Quoted(folder.Root)}\n#SBATCH --output={OutputFolder}/{output}.txt\n"
            + $"{time}{extra}\ncd {Quoted(folder.Root)} || exit 6";
    }

    private static string Quoted(string word) => LaunchPlan.Quoted([word]);

    private static ulong MegabytesOf(ulong bytes) => (bytes + (1 << 20) - 1) >> 20;
}
