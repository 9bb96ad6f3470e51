using System.Globalization;

namespace Dilaton.Cli;

/// <summary>What is asked of Slurm: its tools, called with bounds.</summary>
/// <param name="folder">The sweep's.</param>
/// <param name="name">Of the sweep's jobs.</param>
internal sealed class SlurmQueue(SweepFolder folder, string name)
{
    /// <summary>Controllers under load take a while to take a job.</summary>
    private static readonly TimeSpan s_submitMax = TimeSpan.FromSeconds(60);

    /// <summary>Other calls are made again.</summary>
    private static readonly TimeSpan s_callMax = TimeSpan.FromSeconds(15);

    /// <summary>Why the last <see cref="Look"/> had no answer; empty: it had one.</summary>
    public string Trouble { get; private set; } = "";

    /// <summary>Submits a script of the folder.</summary>
    /// <param name="after">Jobs whose end it waits for.</param>
    /// <returns>The job's number.</returns>
    /// <exception cref="EngineException">Slurm refused.</exception>
    public long Submit(string script, IReadOnlyCollection<long> after)
    {
        string[] dependency = after.Count == 0
            ? []
            : ["--dependency", $"afterany:{string.Join(':', after)}"];
        if (!EngineTools.Run(
            folder.Root, ["sbatch", "--parsable", .. dependency, folder.PathOf(script)], s_submitMax,
            out string said))
        {
            throw new EngineException($"{script} was not taken: {said}");
        }

        return long.TryParse(said.Trim().Split(';')[0], CultureInfo.InvariantCulture, out long job)
            ? job
            : throw new EngineException($"sbatch said '{said.Trim()}', which is no job's number");
    }

    /// <returns>Tasks of the sweep's jobs that wait or run, with their state; null: no answer.</returns>
    public IReadOnlyDictionary<(long Job, int Task), string>? Look()
    {
        if (EngineTools.Run(
            folder.Root,
            ["squeue", "--me", "-h", "-r", "--name", name, "-o", "%F %K %T"],
            s_callMax,
            out string said))
        {
            Trouble = "";
            return Parse(said);
        }

        Trouble = said.Trim();
        return null;
    }

    /// <summary>Ends jobs, or of these the tasks that have not begun.</summary>
    public void Cancel(IReadOnlyCollection<long> jobs, bool waitingOnly)
    {
        if (jobs.Count > 0)
        {
            string[] state = waitingOnly ? ["--state=PENDING"] : [];
            EngineTools.Run(
                folder.Root,
                ["scancel", .. state, .. jobs.Select(j => j.ToString(CultureInfo.InvariantCulture))],
                s_callMax,
                out _);
        }
    }

    /// <summary>Ends the job that was to gather what others leave, if there is one.</summary>
    public void CancelGather() => EngineTools.Run(
        folder.Root,
        ["scancel", $"--user={Environment.UserName}", $"--name={name}{SlurmScript.GatherSuffix}"],
        s_callMax,
        out _);

    /// <summary>How the tasks of a job ended, as far as Slurm remembers.</summary>
    public IReadOnlyDictionary<int, string> Ends(long job)
    {
        EngineTools.Run(
            folder.Root,
            ["scontrol", "-o", "show", "job", job.ToString(CultureInfo.InvariantCulture)],
            s_callMax,
            out string said);
        Dictionary<int, string> ends = [];
        foreach (string line in said.Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (int.TryParse(Field(words, "ArrayTaskId"), CultureInfo.InvariantCulture, out int task))
            {
                ends[task] = $"{Field(words, "JobState")}, reason {Field(words, "Reason")}, "
                    + $"exit code {Field(words, "ExitCode")}, node {Field(words, "NodeList")}";
            }
        }

        return ends;
    }

    /// <summary>"jobs 12, 13".</summary>
    public static string Words(IReadOnlyCollection<long> jobs) =>
        $"job{(jobs.Count == 1 ? "" : "s")} {string.Join(", ", jobs)}";

    /// <summary>The command that ends jobs, for people.</summary>
    public static string CancelWords(IReadOnlyCollection<long> jobs) => $"scancel {string.Join(' ', jobs)}";

    /// <summary>Lines "JOB TASK STATE"; of a job that is no array the task is -1.</summary>
    internal static IReadOnlyDictionary<(long Job, int Task), string> Parse(string lines)
    {
        Dictionary<(long, int), string> tasks = [];
        foreach (string line in lines.Split('\n'))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [string job, string task, string state]
                && long.TryParse(job, CultureInfo.InvariantCulture, out long number))
            {
                bool isTask = int.TryParse(task, CultureInfo.InvariantCulture, out int index);
                tasks[(number, isTask ? index : -1)] = state;
            }
        }

        return tasks;
    }

    private static string Field(string[] words, string name)
    {
        string head = $"{name}=";
        string? word = Array.Find(words, w => w.StartsWith(head, StringComparison.Ordinal));
        return word?[head.Length..] ?? "unknown";
    }
}
