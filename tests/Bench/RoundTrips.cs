using System.Diagnostics;
using System.Globalization;
using Dilaton.Native;
using Dilaton.Protocol;

namespace Dilaton.Tests.Bench;

/// <summary>`./test bench --wire`: a message of 64 bytes to another process and back, by socket and
/// by ring: the other process is this program again. Wall time, medians; the machine should be
/// quiet.</summary>
internal static class RoundTrips
{
    public const string EchoOption = "--wire-echo";

    private const string Name = "echo";
    private const int Trips = 4000;
    private const int WarmTrips = 500;
    private const int RingBytes = 1 << 20;

    public static void Run(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("round trip of 64 B         10 % us median us   99 % us");
        foreach (string scheme in new[] { "ipc", "tcp", "ring" })
        {
            double[] sorted = Measure(scheme);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{scheme,-24} {sorted[Trips / 10],9:F1} {sorted[Trips / 2],9:F1} {sorted[Trips * 99 / 100],9:F1}"));
        }
    }

    /// <summary>The other process: sends back what comes, until an empty header does.</summary>
    public static void Echo(string endpoint, string ring)
    {
        using ZeroMqContext context = new();
        using IMessageTransport end = Open(context, endpoint, ring);
        while (end.TryReceive(Timeout.InfiniteTimeSpan) && end.Header.Length > 0)
        {
            end.Send("", end.Header, end.Payload);
        }
    }

    private static IMessageTransport Open(ZeroMqContext context, string endpoint, string ring)
    {
        WorkerConnection socket = WorkerConnection.Dial(context, endpoint, Name);
        socket.Send("", [1], []);
        return ring.Length == 0
            ? socket
            : new RingTransport(socket, "", SharedRing.Open(ring), isWorker: false);
    }

    private static double[] Measure(string scheme)
    {
        string folder = Directory.CreateTempSubdirectory("dilaton-bench-").FullName;
        using ZeroMqContext context = new();
        PeerEndpoint socket = PeerEndpoint.Bind(
            context, scheme == "tcp" ? "tcp://127.0.0.1:*" : $"ipc://{folder}/wire");
        SharedRing? ring = scheme == "ring" ? SharedRing.Create(RingBytes) : null;
        using Process echo = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!,
            [.. Arguments(), EchoOption, socket.Endpoint, ring?.Path ?? ""]))!;
        socket.TryReceive(TimeSpan.FromSeconds(30));
        using IMessageTransport end = ring is null
            ? socket
            : new RingTransport(socket, Name, ring, isWorker: true);
        byte[] header = new byte[64];
        double[] trips = new double[Trips];
        for (int i = -WarmTrips; i < Trips; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            end.Send(Name, header, []);
            while (!end.TryReceive(TimeSpan.FromSeconds(1)))
            {
            }

            trips[Math.Max(i, 0)] = Stopwatch.GetElapsedTime(begin).TotalMicroseconds;
        }

        end.Send(Name, [], [1]);
        echo.WaitForExit();
        Directory.Delete(folder, recursive: true);
        Array.Sort(trips);
        return trips;
    }

    // As `dotnet FILE.dll`, or as a program of its own.
    private static string[] Arguments()
    {
        string self = Environment.GetCommandLineArgs()[0];
        return Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [self] : [];
    }
}
