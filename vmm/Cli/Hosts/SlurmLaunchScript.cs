using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dilaton.Cli;

/// <summary>The batch script of a job on several hosts, for people to read, change and submit: a
/// heterogeneous job of Slurm with a component for each host.</summary>
/// <param name="folder">The result folder.</param>
/// <param name="extra">Options of sbatch for each component, as typed; empty: none.</param>
internal sealed class SlurmLaunchScript(LaunchRequest request, Job job, string folder, string extra)
{
    public const string FileName = "launch.sbatch";

    private const int HashLength = 8;

    /// <summary>By which the job is known in the queue.</summary>
    public string JobName { get; } = $"{job.Name}-" + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..HashLength];

    /// <returns>False, with the reason reported: the job is for no heterogeneous job.</returns>
    public static bool Fits(Job job, DiagnosticBag bag)
    {
        if (job.Hosts.Count < 2)
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                "--executor slurm: the job has no hosts to spread over",
                "such as hosts: [{name: left}, {name: right}]; a job on one host needs no "
                    + "heterogeneous job: sbatch --wrap 'dilaton launch JOB.yaml'");
            return false;
        }

        if (job.Hosts.Skip(1).FirstOrDefault(host => host.Launch is not (null or "srun"))
            is { } other)
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                $"--executor slurm: host '{other.Name}' has launch: {other.Launch}",
                "leave launch out: srun starts the parts of a heterogeneous job");
            return false;
        }

        return true;
    }

    public string Text()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"""
            #!/bin/bash
            # Runs {Path.GetFileName(request.JobFile)} over {job.Hosts.Count} hosts: each has a component
            # of a heterogeneous job.{Ranks()}
            #SBATCH --job-name={JobName}
            #SBATCH --output={Quoted(Path.Combine(folder, "slurm-%j.txt"))}
            #SBATCH --no-requeue
            {Component(0)}

            """);
        for (int i = 1; i < job.Hosts.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"#SBATCH hetjob\n{Component(i)}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $$"""

            # The address of a component's node, as Slurm knows it.
            address() {
                local list=SLURM_JOB_NODELIST_HET_GROUP_$1
                scontrol show node "$(scontrol show hostnames "${!list}" | head -n 1)" |
                    sed -n 's/.*NodeAddr=\([^ ]*\).*/\1/p'
            }

            cd {{Quoted(Directory.GetCurrentDirectory())}} || exit 6
            exec {{string.Join(" \\\n    ", Command())}}

            """);
        return text.ToString();
    }

    private string Ranks() => string.Concat(job.Peers.Where(peer => peer.Ranks > 1).Select(
        peer => string.Create(
            CultureInfo.InvariantCulture,
            $"\n# mpirun starts the {peer.Ranks} ranks of '{peer.Name}' within the one task of {peer.Host}.")));

    private IEnumerable<string> Command()
    {
        yield return LaunchPlan.Quoted(
            [.. OwnCommand.Script is { } script ? [script] : OwnCommand.Words, "launch", request.JobFile]);
        foreach (JobSetting setting in request.Settings)
        {
            yield return LaunchPlan.Quoted(setting.Option.Length > 0
                ? [setting.Option, setting.Value]
                : [setting.Value]);
        }

        if (request.ReplayControl is { } log)
        {
            yield return LaunchPlan.Quoted(["--replay-control", log]);
        }

        for (int i = 0; i < job.Hosts.Count; i++)
        {
            if (job.Hosts[i].Address is null)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture, $"\"hosts[{i}].address=$(address {i})\"");
            }

            if (i > 0 && job.Hosts[i].Launch is null)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"hosts[{i}].launch=srun");
            }
        }

        yield return $"-q -o {Quoted(folder)}";
    }

    /// <summary>What a host's workers and peers need, and the job's wall limit with two minutes for
    /// its ends.</summary>
    private string Component(int host)
    {
        string name = job.Hosts[host].Name;
        Job part = job with
        {
            Nodes = [.. job.Nodes.Where(node => node.Host == name)],
            Peers = [.. job.Peers.Where(peer => peer.Host == name)],
        };
        SweepNeeds needs = SweepNeeds.Of(part);
        string time = needs.WallLimitSeconds is { } seconds
            ? string.Create(
                CultureInfo.InvariantCulture, $" --time={(long)Math.Ceiling(seconds / 60) + 2}")
            : "";
        string more = extra.Length > 0 ? $"\n#SBATCH {extra}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"#SBATCH --nodes=1 --ntasks=1 --cpus-per-task={Math.Max(1, needs.Cores)} "
                + $"--mem={(needs.MemoryBytes >> 20) + 1}M{time}{more}");
    }

    private static string Quoted(string word) => LaunchPlan.Quoted([word]);
}
