using System.Globalization;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>SST as several MPI ranks, started by OpenMPI.</summary>
public sealed class SstRanksTests
{
    private static string Two(string program = "quicksort", string arguments = "\"1000000\"") => SstJob.Text(
        SstJob.Example("l2.py"), "cut: l1", 1, Paths.Guest(program), arguments, "ranks: 2");

    [SstRanksFact]
    public void TwoRanks_GiveTheBytesOfOne()
    {
        using TempFolder folder = new();

        // What is behind the first caches is on the second rank, across the bus.
        string config = folder.Write(
            "placed.py",
            File.ReadAllText(SstJob.Example("shared-l3.py")) + "\ndilaton.on_rank(1, l3, memory)\n");
        string job = SstJob.Text(
            config, "cut: none", 4, Paths.Guest("threads"), "\"4\", \"2\"") + "\nevents: {level: full}";
        Run one = Run.Job(job);
        one.ExitCode.ShouldBe(0, one.Error);
        Run two = Run.Job(job, "peers[0].ranks=2");
        two.ExitCode.ShouldBe(0, two.Error);
        two.Deterministic.ShouldBe(one.Deterministic);
        string[] rows = Rows(two, "peers/memory/statistics_0.csv", "peers/memory/statistics_1.csv");
        string[] expected = Rows(one, SstJob.Statistics);

        // Clocks of the other rank run on, past the end, to where ranks meet.
        rows.Except(expected).ShouldAllBe(row => row.StartsWith("memory,total_cycles,")
            || row.StartsWith("memory,outstanding_requests,"));
        rows.Length.ShouldBe(expected.Length);
        string second = two.Files["peers/memory/statistics_1.csv"];
        SstJob.Sum(second, "l3", "CacheMisses").ShouldBeGreaterThan(0UL);
        second.ShouldNotContain("vcpus,");
    }

    [SstRanksFact]
    public void AStepOfSlurm_ChangesNothing()
    {
        // OpenMPI would take one rank for one that srun started, and look for several on other nodes.
        string job = Two("quicksort", "\"100\"");
        CommandSettings step = new()
        {
            Variables =
            [
                "SLURM_JOB_ID=7", "SLURM_JOBID=7", "SLURM_STEP_ID=0", "SLURM_STEPID=0", "SLURM_NNODES=2",
                "SLURM_NODELIST=n[1-2]", "SLURM_JOB_NODELIST=n[1-2]", "SLURM_TASKS_PER_NODE=1(x2)",
                "SLURM_NTASKS=2", "SLURM_PROCID=0", "SLURM_LOCALID=0",
            ],
        };
        Run alone = Run.JobWith(job, step, "peers[0].ranks=1");
        alone.ExitCode.ShouldBe(0, alone.Error);
        Run two = Run.JobWith(job, step);
        two.ExitCode.ShouldBe(0, two.Error);
        two.Deterministic.ShouldBe(alone.Deterministic);
    }

    [SstRanksFact]
    public void ARankThatFails_EndsTheOthersAndIsQuoted()
    {
        using TempFolder folder = new();
        string config = folder.Write(
            "bad.py",
            File.ReadAllText(SstJob.Example("l2.py"))
                + "\nmemory.addParam('backing', 'nonsense')\ndilaton.on_rank(1, memory)\n");
        Run run = Run.Job(SstJob.Text(
            config, "cut: l1", 1, "/bin/true", "", $"ranks: 2, program: {Counted(folder)}"));
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("Invalid parameter: 'backing'");
        run.Error.ShouldNotContain("MPI_ABORT was invoked");
        AllAreGone(folder, 2);
    }

    [SstRanksFact]
    public void AKilledRank_TakesTheOthersAndTheRunWithIt()
    {
        using TempFolder folder = new();
        Run run = Run.Job(Two(), $"peers[0].program={Counted(folder, "kill -KILL $$", 1)}");
        run.ExitCode.ShouldBe(5, run.Error);
        run.AddsUp(1);
        run.Error.ShouldContain("peer 'memory'");
        AllAreGone(folder, 2);
    }

    [SstRanksFact]
    public void WithoutMpirun_NothingIsLeft()
    {
        using TempFolder folder = new();
        Run run = Run.Job(Two(), $"peers[0].program={Counted(folder, "kill -KILL $PPID", 0)}");
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("peer 'memory' died by signal 9 (SIGKILL)");
        AllAreGone(folder, 2);
    }

    [SstRanksFact]
    public void AnotherNumberOfRanksThanAsked_IsRefused()
    {
        using TempFolder folder = new();

        // As where the program that is started loses what mpirun tells it.
        string alone = SstJob.Wrapper(folder, """
            for name in $(env | sed -n 's/^\(OMPI_[^=]*\|PMIX_[^=]*\)=.*/\1/p'); do unset "$name"; done
            OMPI_MCA_ess_singleton_isolated=1 exec sst "$@"
            """);
        Run run = Run.Job(Two("quicksort", "\"100\""), $"peers[0].program={alone}");
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("vcpus: the job says ranks: 2, and SST runs with 1");
    }

    [SstWithoutMpiFact]
    public void AnSstWithoutMpi_IsRefusedBeforeTheGuestStarts() =>
        Refused(Two()).ShouldContain("was built without MPI");

    [SstFact]
    public void WithoutOpenMpi_ItIsSaidWhatIsMissing()
    {
        using TempFolder folder = new();

        // In front of any other.
        folder.Write("mpirun", "#!/bin/sh\necho HYDRA build details:\n");
        Command.Run("chmod", ["+x", folder.File("mpirun")]);
        Refused(Two(), $"PATH={folder.File("")}:{Environment.GetEnvironmentVariable("PATH")}")
            .ShouldContain("peer 'memory' has 2 MPI ranks: mpirun is not OpenMPI's (HYDRA build details:)");
    }

    /// <summary>What is said, with code 6 and no results.</summary>
    private static string Refused(string text, params string[] variables)
    {
        using TempFolder folder = new();
        string job = folder.Write("job.yaml", text);
        CommandResult result = Command.Run(
            "env", [.. variables, Paths.Dilaton, "launch", job, "-o", folder.File("results")]);
        result.ExitCode.ShouldBe(6, result.Error);
        Directory.Exists(folder.File("results")).ShouldBeFalse();
        return result.Error;
    }

    /// <summary>A wrapper of sst whose ranks write down who they are.</summary>
    /// <param name="script">What a rank does 2 s after all are there, in a shell.</param>
    private static string Counted(TempFolder folder, string script = "", int rank = 0) =>
        SstJob.Wrapper(folder, $$"""
            echo $$ >>{{folder.File("pids")}}
            if [ "$OMPI_COMM_WORLD_RANK" = {{rank.ToString(CultureInfo.InvariantCulture)}} ]
            then
                (while [ "$(wc -l <{{folder.File("pids")}})" -lt 2 ]; do sleep 0.1; done
                 sleep 2
                 {{script}}) >/dev/null 2>&1 &
            fi
            exec sst "$@"
            """);

    private static void AllAreGone(TempFolder folder, int ranks)
    {
        string[] ids = File.ReadAllLines(folder.File("pids"));
        ids.Length.ShouldBe(ranks);
        foreach (string id in ids)
        {
            SpinWait.SpinUntil(
                () => !Descendants.IsAlive(int.Parse(id, CultureInfo.InvariantCulture)),
                TimeSpan.FromMinutes(1)).ShouldBeTrue($"rank {id} goes on");
        }
    }

    /// <summary>All rows, without the number of the rank that wrote them.</summary>
    private static string[] Rows(Run run, params string[] files) =>
    [
        .. files
            .SelectMany(file => run.Files[file].Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..])
            .Select(row => row.Split(','))
            .Select(cells => string.Join(',', [.. cells[..5], .. cells[6..]])),
    ];
}
