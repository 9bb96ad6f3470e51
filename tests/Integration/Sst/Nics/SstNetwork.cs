using System.Diagnostics;
using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Native;
using Dilaton.Protocol;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>A network of SST's with a dilaton.Nic for each node, without the nodes: what they send
/// comes from the test.</summary>
internal sealed class SstNetwork : IDisposable
{
    private const string Peer = "network";
    private const string Statistics = "statistics.csv";
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);
    private static readonly Lazy<string> s_bridge = new(Build);

    private readonly TempFolder _folder = new();
    private readonly ZeroMqContext _context = new();
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    /// <param name="config">A configuration's text.</param>
    /// <param name="sst">What to run instead of sst, with its arguments.</param>
    public SstNetwork(string config, int ports, string sst = "sst")
    {
        string endpoint = $"ipc://{_folder.File("socket")}";
        var transport = PeerEndpoint.Bind(_context, endpoint);
        Network = new WireNetwork(
            new WireNetworkOptions
            {
                Name = Peer,
                Session = "test",
                PortCount = ports,
                Timeout = s_limit,
                IsManual = false,
            },
            transport);
        string configs = Path.Combine(Paths.Root, "sst-bridge", "configs");
        var start = new ProcessStartInfo(
            "/usr/bin/env",
            [
                "--default-signal=INT,PIPE", sst, $"--output-directory={_folder.Path}",
                _folder.Write("config.py", config),
            ])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DILATON_ENDPOINT"] = endpoint;
        start.Environment["DILATON_PEER"] = Peer;
        start.Environment["PYTHONPATH"] = configs;
        start.Environment["SST_LIB_PATH"] =
            $"{Environment.GetEnvironmentVariable("SST_LIB_PATH")}:{s_bridge.Value}";
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
        _process.Exited += (_, _) => Network.TellEnded("ended");
        _process.EnableRaisingEvents = true;
    }

    public WireNetwork Network { get; }

    /// <summary>All that SST said, once it has ended.</summary>
    public string Said => _output.Result + _error.Result;

    /// <summary>An example's text.</summary>
    public static string Example(string name) => File.ReadAllText(SstJob.Example(name + ".py"));

    /// <summary>Plays traffic, and ends SST.</summary>
    public SstNetworkRun Run(IReadOnlyList<FrameDeparture> traffic, int? seed = null)
    {
        Network.Connect();
        List<FrameArrival> arrivals = NetworkPlay.Run(
            Network, traffic, seed is int s ? new Random(s) : null);
        Network.Finish(arrivals.Count == 0 ? VirtualTime.Zero : arrivals[^1].Time);
        WaitForEnd();
        return _process.ExitCode == 0
            ? new SstNetworkRun(arrivals, File.ReadAllText(_folder.File(Statistics)))
            : throw new InvalidOperationException($"sst ended with {_process.ExitCode}: {Said}");
    }

    /// <summary>What SST says when it does not come so far as to serve the nodes, or no further.
    /// </summary>
    public string Fails(Action<WireNetwork>? act = null)
    {
        try
        {
            Network.Connect();
            act?.Invoke(Network);
        }
        catch (PeerFaultException)
        {
            WaitForEnd();
        }

        return _process.HasExited && _process.ExitCode != 0
            ? Said
            : throw new InvalidOperationException("sst did not fail");
    }

    /// <summary>As by Ctrl-C, and waits for SST's end.</summary>
    /// <returns>The statistics that it wrote.</returns>
    public string Interrupt()
    {
        Command.Run("kill", ["-INT", $"{_process.Id}"]);
        WaitForEnd();
        return File.ReadAllText(_folder.File(Statistics));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        Network.Dispose();
        _context.Dispose();
        _folder.Dispose();
    }

    private void WaitForEnd()
    {
        if (!_process.WaitForExit(s_limit))
        {
            throw new TimeoutException("sst does not end");
        }
    }

    private static string Build()
    {
        CommandResult build = Command.Run(
            Path.Combine(Paths.Root, "sst-bridge", "build"), [],
            new() { Limit = TimeSpan.FromMinutes(15) });
        return build.ExitCode == 0
            ? Path.Combine(Paths.Root, "artifacts", "sst-bridge")
            : throw new InvalidOperationException(build.Error);
    }
}
