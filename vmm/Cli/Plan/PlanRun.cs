using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Measures a job on this host: its guests run for a bounded host time, in a result folder of
/// their own that is then removed.</summary>
internal static class PlanRun
{
    /// <param name="seconds">Of host time, from when all nodes run.</param>
    /// <param name="code">As of the run, if it could not be measured.</param>
    /// <returns>Null, with the reason told, if it could not be measured.</returns>
    public static PlanMeasurement? Measure(LoadedJob job, double seconds, out int code)
    {
        Job quiet = WithoutEffects(job.Resolved);
        Calibration? whole = Calibrate(job with { Resolved = quiet }, seconds, out code);
        if (whole is null)
        {
            return null;
        }

        string[] names = [.. quiet.Nodes.Select(node => node.Name)];
        IReadOnlyList<PlanNode> nodes = whole.Nodes(names);
        double? bare = null;
        if (HasMemoryModel(quiet))
        {
            Job off = quiet with { Events = quiet.Events with { Level = MemoryEventLevel.Off } };
            Calibration? second = Calibrate(job with { Resolved = off }, seconds / 2, out code);
            bare = second?.CpuPerInstruction();
        }

        code = ExitCode.Ok;
        return Of(quiet, nodes, whole, bare);
    }

    /// <summary>What it would leave behind, or print, it does not; all else is as the job says.
    /// </summary>
    private static Job WithoutEffects(Job job) => job with
    {
        Nodes = [.. job.Nodes.Select(node => node with
        {
            Guest = node.Guest with
            {
                Program = node.Guest.Program with
                {
                    Stdout = OutputChoice.File,
                    Stderr = OutputChoice.File,
                },
                Files =
                [
                    .. node.Guest.Files.Select(grant => grant with { Access = GrantAccess.Read }),
                ],
            },
        })],
        Peers = [.. job.Peers.Select(peer => peer with { Record = null })],
        Hosts = [],
    };

    private static bool HasMemoryModel(Job job) => job.Peers.Count == 0
        && job.Events.Level.HasRecords() && job.Events.RegionMarks == RegionMarks.Ignore;

    private static Calibration? Calibrate(LoadedJob job, double seconds, out int code)
    {
        string folder = Directory.CreateTempSubdirectory("dilaton-plan-").FullName;
        try
        {
            Calibration calibration = new(seconds, job.Resolved.Network is not null);
            code = Front.Run(job, new FrontOptions
            {
                Quiet = true,
                Folder = folder,
                Force = true,
                Calibration = calibration,
            });
            return code == ExitCode.Ok && calibration.Run is not null ? calibration : null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static PlanMeasurement Of(
        Job job, IReadOnlyList<PlanNode> nodes, Calibration calibration, double? bare)
    {
        RunRecord run = calibration.Run!; // Set when it has ended well.
        UInt128 guests = 0;
        foreach (NodeJob node in job.Nodes)
        {
            guests += node.Memory.Size.Bytes;
        }

        UInt128 needed = UInt128.Max(
            guests, HostRoom.BytesOf(job, WorkerLayout.Of(job, Environment.ProcessorCount)));

        return new PlanMeasurement
        {
            Nodes = nodes,
            HasNetwork = job.Network is not null,
            Frames = Count(run, "frames.sent"),
            Rounds = Count(run, "rounds"),
            NetworkVirtualSeconds = run.TimePs / 1e12,
            CpuPerInstruction = calibration.CpuPerInstruction(),
            CpuPerInstructionWithoutMemory = bare,
            HostProcessors = Environment.ProcessorCount,
            NeededBytes = (ulong)UInt128.Min(needed, ulong.MaxValue),
            UsedBytes = (ulong)run.Nodes.Zip(nodes)
                .GroupBy(pair => pair.Second.Worker)
                .Sum(its => its.Max(pair => pair.First.End?.PeakMemoryBytes ?? 0)),
            HostBytes = HostRoom.TotalBytes(),
            FreeBytes = HostRoom.FreeBytes(),
            Tdf = job.Nodes.Count == 0 ? Ratio.One : Dilation.TdfOf(job, job.Nodes[0]).First,
            HasPhysicalCores = job.Nodes.Any(node => node.Cores.Rates == RatesChoice.Physical),
            HasPhysicalNetwork = job.IsNetworkPhysical(),
            FailedGuests =
            [
                .. run.Nodes.Zip(RunVerdict.Of(run).Nodes)
                    .Where(pair => pair.Second.ExitCode == ExitCode.GuestFailed)
                    .Select(pair => $"{pair.First.Node.Name}: {pair.Second.Reason}"),
            ],
        };
    }

    private static double Count(RunRecord run, string name)
    {
        string full = $"{NetworkChecks.StatisticsPrefix}.sync.{name}";
        foreach (Statistic statistic in run.NetworkStatistics)
        {
            if (statistic.Name == full)
            {
                return (double)statistic.Value;
            }
        }

        return 0;
    }
}
