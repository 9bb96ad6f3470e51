using System.Globalization;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>`dilaton sweep --run-point ID DIR`: runs one point of a sweep that was planned, in its
/// own process, whoever starts it.</summary>
internal static class PointRun
{
    private const string RunningName = ".running";

    public static int Execute(SweepRequest request)
    {
        if (request.Parent is { } parent)
        {
            // It alone answers Ctrl-C, and tells us.
            WorkerHost.LeaveProcessGroup();
            if (!WorkerHost.DieWithParent(parent))
            {
                return ExitCode.Interrupted;
            }
        }

        if (request.Processors.Count > 0)
        {
            HostProcessors.KeepTo(request.Processors);
        }

        DiagnosticBag bag = new();
        SweepFolder folder = new(request.Folder);
        LoadedJob? job = Load(folder, request.Point!, bag);
        if (job is null)
        {
            Console.Error.Write(bag.Print());
            return ExitCode.Usage;
        }

        string run = folder.RunFolder(request.Point!);
        try
        {
            Directory.CreateDirectory(run);
            using FileStream? running = TakeRun(run);
            if (running is null)
            {
                bag.Error(
                    DiagnosticCode.SweepLocked, $"point {request.Point} is being run by another process");
                Console.Error.Write(bag.Print());
                return ExitCode.EnvironmentMissing;
            }

            return Front.Run(job, new FrontOptions
            {
                Quiet = true, Folder = run, Force = true, IsDurable = true,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            bag.Error(DiagnosticCode.OutputFolderUnwritable, $"{run} can't be written: {e.Message}");
            Console.Error.Write(bag.Print());
            return ExitCode.EnvironmentMissing;
        }
    }

    /// <summary>Two processes never run one point at once: of a sweep that was killed, a process may
    /// be about to die.</summary>
    private static FileStream? TakeRun(string folder)
    {
        const int tries = 50;
        for (int i = 0; i < tries; i++)
        {
            try
            {
                return new FileStream(
                    Path.Combine(folder, RunningName), FileMode.OpenOrCreate, FileAccess.ReadWrite,
                    FileShare.None);
            }
            catch (IOException) when (File.Exists(Path.Combine(folder, RunningName)))
            {
                Thread.Sleep(100);
            }
        }

        return null;
    }

    private static LoadedJob? Load(SweepFolder folder, string id, DiagnosticBag bag)
    {
        if (folder.ReadInput(bag) is not { } input)
        {
            return null;
        }

        string points = folder.PathOf(SweepFolder.PointsName);
        IReadOnlyList<string>? head = null, row = null;
        if (File.Exists(points))
        {
            foreach (IReadOnlyList<string> each in CsvText.Read(File.ReadAllText(points)))
            {
                head ??= each;
                row ??= each[0] == id ? each : null;
            }
        }

        const int before = 3; // point, repeat, seed
        if (head is null || row is null || row.Count != head.Count || head.Count <= before
            || !long.TryParse(row[before - 1], CultureInfo.InvariantCulture, out long seed))
        {
            bag.Error(DiagnosticCode.SweepDamaged, $"{points} has no point '{id}'");
            return null;
        }

        LoadedJob? job = input.Point(
            [.. head.Skip(before).SkipLast(1)], [.. row.Skip(before).SkipLast(1)], seed, bag);
        if (job is null)
        {
            return null;
        }

        FileHashes hashes = new(folder.ReadRecord().Files, FileTrust.Unchanged);
        string now = PointId.Of(job.Resolved, hashes.Of(job.Resolved, input.WorkingFolder));
        if (now != id)
        {
            bag.Error(
                DiagnosticCode.SweepDamaged,
                $"point {id} is {now} by now: its job is another, or what is in a file that it names, or Dilaton is",
                "`dilaton sweep --resume -o DIR` plans it anew and keeps what was run");
            return null;
        }

        if (!Directory.Exists(input.WorkingFolder))
        {
            bag.Error(
                DiagnosticCode.SweepDamaged,
                $"the folder where the sweep was planned, {input.WorkingFolder}, is not on this host");
            return null;
        }

        // Peers' relative paths go from there, whoever runs the point.
        Directory.SetCurrentDirectory(input.WorkingFolder);
        return job;
    }
}
