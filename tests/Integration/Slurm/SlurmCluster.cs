using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Shouldly;

namespace Dilaton.Tests.Integration;

/// <summary>A Slurm of two virtual nodes, `a` and `b`, on the loopback: daemons are children in the
/// foreground, and all their files are in a folder of their own.</summary>
[SupportedOSPlatform("linux")]
public sealed class SlurmCluster : IDisposable
{
    private const string NodeMark = "DILATON_TEST_NODE=";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();
    private readonly List<Process> _daemons = [];
    private int _controller;
    private bool _isUp;

    /// <summary>That Slurm's tools need.</summary>
    internal string Variable => $"SLURM_CONF={_folder.File("slurm.conf")}";

    internal CommandSettings Settings => new() { Variables = [Variable] };

    /// <summary>Both nodes wait for jobs.</summary>
    internal void Up()
    {
        if (!_isUp)
        {
            _isUp = true;
            WriteFiles();
            string munge = _folder.File("munge");
            Start("/usr/sbin/munged", "", "-F", "-f", $"--key-file={munge}.key", $"--socket={munge}.sock",
                $"--pid-file={munge}.pid", $"--seed-file={munge}.seed");
            Wait("munged", () => File.Exists($"{munge}.sock"));
            _controller = Start("/usr/sbin/slurmctld", "", "-D");
            StartNode("a");
            StartNode("b");
        }

        Wait("two idle nodes", () => Call("sinfo", "-h", "-t", "idle", "-o", "%D").Trim() == "2");
    }

    internal void StartNode(string name) => _ = Start("/usr/sbin/slurmd", name, "-D", "-N", name);

    /// <summary>As if its plug was pulled: its daemon and all that it runs.</summary>
    internal void KillNode(string name)
    {
        string[] marks = [$"{NodeMark}{name}", $"SLURMD_NODENAME={name}"];
        Wait($"the end of node {name}", () => KillAll(marks) == 0);
    }

    /// <summary>Their processes.</summary>
    internal IReadOnlyList<int> Daemons => [.. _daemons.Where(daemon => !daemon.HasExited).Select(daemon => daemon.Id)];

    /// <summary>The controller neither answers nor decides until it is disposed of.</summary>
    internal IDisposable Silence() => new Silenced(_controller);

    /// <summary>Processes of points that run, with their guests' workers.</summary>
    internal IReadOnlyList<int> JobProcesses() =>
        [.. Processes().Where(process => Array.Exists(process.Environment, IsOfAJob)).Select(process => process.Id)];

    /// <summary>A sweep by this Slurm.</summary>
    internal CommandResult Run(Sweep sweep, params string[] options) =>
        sweep.RunWith(Settings, ["--executor", "slurm", .. options]);

    /// <summary>The same, to a good end.</summary>
    internal void Good(Sweep sweep, params string[] options)
    {
        Up();
        CommandResult run = Run(sweep, options);
        run.ExitCode.ShouldBe(0, run.Error);
    }

    /// <summary>Output of one of Slurm's tools; empty if it failed.</summary>
    internal string Call(string program, params string[] arguments)
    {
        CommandResult result = Command.Run(program, arguments, Settings);
        return result.ExitCode == 0 ? result.Output : "";
    }

    /// <summary>Waits for something outside of this process, never for ever.</summary>
    internal static void Wait(string what, Func<bool> happened)
    {
        long begin = Stopwatch.GetTimestamp();
        using ManualResetEventSlim never = new();
        while (!happened())
        {
            if (Stopwatch.GetElapsedTime(begin) > s_patience)
            {
                throw new TimeoutException($"no {what} after {s_patience}");
            }

            never.Wait(50);
        }
    }

    public void Dispose()
    {
        if (_isUp)
        {
            Wait("end of Slurm", () => KillAll([Variable]) == 0);
        }

        _daemons.ForEach(daemon => daemon.Dispose());
        _folder.Dispose();
    }

    private int Start(string program, string node, params string[] arguments)
    {
        // Their output is of no use, and a pipe that nobody reads fills up.
        string[] words = ["-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", _folder.File("daemons.txt"), program];
        ProcessStartInfo start = new("/bin/sh", [.. words, .. arguments]) { WorkingDirectory = _folder.Path };
        start.Environment["SLURM_CONF"] = _folder.File("slurm.conf");
        start.Environment["DILATON_TEST_NODE"] = node;
        _daemons.Add(Process.Start(start)!);
        return _daemons[^1].Id;
    }

    /// <summary>Of all processes of this cluster those that have one of the variables.</summary>
    /// <returns>How many there were.</returns>
    private int KillAll(string[] marks)
    {
        int found = 0;
        foreach ((int id, string[] environment) in Processes())
        {
            if (environment.Intersect(marks).Any() && Descendants.IsAlive(id))
            {
                found++;
                Command.Run("kill", ["-KILL", id.ToString(CultureInfo.InvariantCulture)]);
            }
        }

        return found;
    }

    /// <summary>Of this cluster, with what a sweep does by it.</summary>
    private IEnumerable<(int Id, string[] Environment)> Processes()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id)
                && Environment(folder) is { Length: > 0 } environment && environment.Contains(Variable))
            {
                yield return (id, environment);
            }
        }
    }

    private static bool IsOfAJob(string variable) => variable.StartsWith("SLURM_JOB_ID=", StringComparison.Ordinal);

    private static string[] Environment(string folder)
    {
        try
        {
            return Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(folder, "environ"))).Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private void WriteFiles()
    {
        string key = _folder.File("munge.key");
        File.WriteAllText(key, new string('k', 1024));
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.CreateDirectory(_folder.File("state"));
        Directory.CreateDirectory(_folder.File("spool/a"));
        Directory.CreateDirectory(_folder.File("spool/b"));
        string host = System.Environment.MachineName.Split('.')[0];
        string user = System.Environment.UserName;
        int[] ports = FreePorts(3);
        string folder = _folder.Path;
        _folder.Write("slurm.conf", string.Create(CultureInfo.InvariantCulture, $"""
            ClusterName=test
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={ports[0]}
            CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
            SlurmUser={user}
            SlurmdUser={user}
            AuthType=auth/munge
            AuthInfo=socket={folder}/munge.sock
            CredType=cred/munge
            StateSaveLocation={folder}/state
            SlurmdSpoolDir={folder}/spool/%n
            SlurmctldPidFile={folder}/slurmctld.pid
            SlurmdPidFile={folder}/slurmd-%n.pid
            SlurmctldLogFile={folder}/slurmctld.log
            SlurmdLogFile={folder}/slurmd-%n.log
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            JobAcctGatherType=jobacct_gather/none
            AccountingStorageType=accounting_storage/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_CPU
            SchedulerParameters=sched_interval=1,bf_interval=1
            SlurmdTimeout=10
            KillWait=10
            MpiDefault=none
            SwitchType=switch/none
            ReturnToService=2
            NodeName=a,b NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]},{ports[2]} CPUs=1 RealMemory=1000 State=UNKNOWN
            PartitionName=test Nodes=a,b Default=YES MaxTime=INFINITE State=UP

            """));
    }

    private sealed class Silenced : IDisposable
    {
        private readonly string _process;

        public Silenced(int process)
        {
            _process = process.ToString(CultureInfo.InvariantCulture);
            Command.Run("kill", ["-STOP", _process]);
        }

        public void Dispose() => Command.Run("kill", ["-CONT", _process]);
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners)
        {
            listener.Start();
        }

        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners)
        {
            listener.Dispose();
        }

        return ports;
    }
}
