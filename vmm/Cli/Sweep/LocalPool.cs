using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>Runs points as processes of this host, each in its place: `dilaton sweep --run-point`.
/// They die with this process, whatever ends it.</summary>
internal sealed class LocalPool : IExecutor
{
    /// <summary>For a point's process to end its guests and peers.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private const int TailLines = 12;

    private readonly SweepFolder _folder;
    private readonly IReadOnlyList<int>?[] _free;
    private readonly List<Slot> _running = [];
    private readonly BlockingCollection<Slot> _ended = [];

    public LocalPool(SweepFolder folder, PoolSize size)
    {
        _folder = folder;
        _free = [.. size.Places];
    }

    public bool HasRoom => Array.Exists(_free, place => place is not null);

    public IReadOnlyList<SweepPoint> Running => [.. _running.Select(slot => slot.Point)];

    /// <summary>tasks.txt says it all.</summary>
    public void Plan(SweepFolder folder, IReadOnlyList<SweepPoint> missing)
    {
    }

    /// <summary>Must be called on the process's first thread, with which the points die.</summary>
    public void Submit(SweepPoint point)
    {
        int place = Array.FindIndex(_free, each => each is not null);
        ProcessStartInfo start = new(
            OwnCommand.Words[0],
            [
                .. OwnCommand.Words.Skip(1), "sweep", "--run-point", point.Id, _folder.Root,
                "--parent", Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
                .. _free[place]!.Count == 0
                    ? Array.Empty<string>()
                    : ["--cpus", string.Join(',', _free[place]!)],
            ])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = new() { StartInfo = start, EnableRaisingEvents = true };
        Slot slot = new(point, place, _free[place]!, process);
        process.OutputDataReceived += slot.Take;
        process.ErrorDataReceived += slot.Take;
        process.Exited += (_, _) => _ended.Add(slot);
        process.Start();
        _free[place] = null;
        _running.Add(slot);
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public IReadOnlyList<PointEnd> Poll(TimeSpan patience)
    {
        List<PointEnd> ends = [];
        while (_ended.TryTake(out Slot? slot, ends.Count == 0 ? patience : TimeSpan.Zero))
        {
            ends.Add(End(slot));
        }

        return ends;
    }

    /// <summary>What is submitted has begun.</summary>
    public void Hold()
    {
    }

    public void Cancel()
    {
        foreach (Slot slot in _running)
        {
            ChildProcesses.Terminate(slot.Process.Id);
        }

        long begin = Stopwatch.GetTimestamp();
        while (_running.Count > 0 && Stopwatch.GetElapsedTime(begin) < s_patience)
        {
            Poll(TimeSpan.FromMilliseconds(100));
        }

        _running.ForEach(slot => slot.Process.Kill());
        while (_running.Count > 0)
        {
            Poll(s_patience);
        }
    }

    public void Dispose()
    {
        Cancel();
        _ended.Dispose();
    }

    private PointEnd End(Slot slot)
    {
        // Until its output is read, too.
        slot.Process.WaitForExit();
        int code = slot.Process.ExitCode;
        _running.Remove(slot);
        _free[slot.Place] = slot.Processors;
        slot.Process.Dispose();
        string said = slot.Said();
        WriteLog(slot.Point, said);
        string how = code > 128
            ? $"its process died by {SignalNames.Of(code - 128)}"
            : string.Create(CultureInfo.InvariantCulture, $"its process ended with code {code}");
        string[] tail = [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(TailLines)];
        return new PointEnd(slot.Point, string.Join('\n', tail.Prepend(how)));
    }

    private void WriteLog(SweepPoint point, string said)
    {
        string folder = _folder.RunFolder(point.Id);
        if (said.Length == 0)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, SweepFolder.LogName), said);
        }
        catch (IOException)
        {
            // The message has its last lines.
        }
    }

    /// <summary>A process and what it says, which comes on other threads.</summary>
    private sealed class Slot(
        SweepPoint point, int place, IReadOnlyList<int> processors, Process process)
    {
        private const int CharactersMax = 1 << 20;

        // Guards _said.
        private readonly Lock _gate = new();
        private readonly StringBuilder _said = new();

        public SweepPoint Point { get; } = point;

        public int Place { get; } = place;

        public IReadOnlyList<int> Processors { get; } = processors;

        public Process Process { get; } = process;

        public void Take(object sender, DataReceivedEventArgs line)
        {
            lock (_gate)
            {
                if (line.Data is not null && _said.Length < CharactersMax)
                {
                    _said.Append(line.Data).Append('\n');
                }
            }
        }

        public string Said()
        {
            lock (_gate)
            {
                return _said.ToString();
            }
        }
    }
}
