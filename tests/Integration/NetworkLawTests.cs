using System.Globalization;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>What programs measure of a network against closed forms: dilation, LogGP and a ring
/// all-reduce.</summary>
public sealed class NetworkLawTests
{
    private const double Tolerance = 0.01;

    // Ethernet, IPv4 and UDP.
    private const int UdpHeaderBytes = 14 + 20 + 8;

    /// <summary>Gupta et al., NSDI 2006: with the link as the limit, and all else of the guests
    /// undilated, the bandwidth that TCP finds is TDF x physical.</summary>
    [Fact]
    public void WithAPhysicalNetwork_TcpsBandwidthIsLinearInTheTdf()
    {
        // Of a frame of 1514 bytes 1460 are the program's.
        const double Share = 1460.0 / 1514;
        const double LinkMbps = 10;
        double[] factors = [1, 2, 5, 10];
        double[] perceived = [.. factors.Select(Perceived)];

        // Least squares.
        double meanX = factors.Average(), meanY = perceived.Average();
        double slope = factors.Zip(perceived).Sum(p => (p.First - meanX) * (p.Second - meanY))
            / factors.Sum(x => (x - meanX) * (x - meanX));
        double intercept = meanY - slope * meanX;
        // The law allows 2 %. What is left is the guests' own time (0.3 % at a TDF of 10).
        slope.ShouldBe(LinkMbps * Share, 0.02 * LinkMbps * Share);
        Math.Abs(intercept).ShouldBeLessThan(0.02 * LinkMbps);
        for (int i = 0; i < factors.Length; i++)
        {
            (perceived[i] / perceived[0]).ShouldBe(factors[i], 0.02 * factors[i]);
        }
    }

    /// <summary>RTT(m) = 2 (o_s + L + (m - 1) G + o_r): o_s is the cost of the sending call, o_r the
    /// soft interrupt and the switch to the thread that waits. o_s is seen by who sends too, g by
    /// who gets a flood.</summary>
    [Fact]
    public void PingPongAndFlood_GiveBackTheConfiguredLogGp()
    {
        const double L = 50_000, O = 5_000, Gap = 20_000, PerByte = 8;
        const double Packet = 3_000, Wake = 1_200;
        Run run = Job(Guest("a", "loggp", "answer") + Guest("b", "loggp", "probe, a"), """
            network: {kind: loggp, gap: 20us, link: {bandwidth: 1Gbps, latency: 50us}}
            kernel: {base: {network: 5us, packet: 3us, contextSwitch: 1.2us}, copyRate: 1000GB/s}
            """);
        (string What, double Frame, double Ns)[] said = [.. run.Files["procs/b/stdout.txt"]
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
            .Select(w => (w[0], Number(w[1]), Number(w[2])))];

        (double frame, double ns)[] trips = [.. said.Where(s => s.What == "roundtrip")
            .Select(s => (s.Frame - 1, s.Ns / 2))];
        double meanX = trips.Average(t => t.frame), meanY = trips.Average(t => t.ns);
        double perByte = trips.Sum(t => (t.frame - meanX) * (t.ns - meanY))
            / trips.Sum(t => (t.frame - meanX) * (t.frame - meanX));
        perByte.ShouldBe(PerByte, Tolerance * PerByte, "G");
        (meanY - perByte * meanX - O - (Packet + Wake)).ShouldBe(L, Tolerance * L, "L");
        said.Single(s => s.What == "send").Ns.ShouldBe(O, Tolerance * O, "o");
        (string, double Frame, double Ns)[] floods = [.. said.Where(s => s.What == "interval")];
        floods.Length.ShouldBe(2);
        floods.ShouldAllBe(f =>
            Math.Abs(f.Ns - (f.Frame - 1) * perByte - Gap) < Tolerance * Gap);
    }

    /// <summary>2 (n - 1) steps, each of a call that sends, a message over three links and two
    /// switches, the soft interrupt that takes it, the switch to the thread that waits for it, and its
    /// copies into the kernel and out of it. Not in the form: the guest's instructions and misses
    /// (180 additions and two copies of 720 bytes a step), which are 0.3 % here.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(64)]
    public void ARingAllReduce_TakesItsStepsTimesAMessage(int nodes)
    {
        const int Words = 180;
        const double Latency = 50_000, BitNs = 1, Switch = 1_000, BytesPerNs = 10;
        const double Send = 2_000, Packet = 1_000, Wake = 1_200;
        int message = 4 + 4 * Words;
        string names = string.Join(", ", Enumerable.Range(0, nodes).Select(i => $"n{i}"));
        Run run = Job(
            Guest("n", "allreduce", $"'{Words}', '3', {names}", count: nodes),
            "network: {kind: ring, link: {bandwidth: 1Gbps, latency: 50us}, switch: {latency: 1us}}");

        double step = Send + message / BytesPerNs
            + 3 * (Latency + 8 * (message + UdpHeaderBytes) * BitNs) + 2 * Switch
            + Packet + Wake + message / BytesPerNs;
        double all = 2 * (nodes - 1) * step + Wake; // From the agreed time on: all slept until then.
        for (int i = 0; i < nodes; i++)
        {
            string[] said = run.Files[$"procs/n{i}/stdout.txt"].TrimEnd().Split(' ');
            said[^1].ShouldBe("right");
            double took = Number(said[^3]);
            took.ShouldBeGreaterThan(all * (1 - 1e-6)); // Nothing comes sooner.
            took.ShouldBeLessThan(all * (1 + Tolerance));
        }
    }

    [Theory]
    [InlineData("dilated-tcp", "client", "sum right")]
    [InlineData("ring", "n0", "right")]
    public void Example_Runs(string name, string node, string said)
    {
        Run run = Run.Job(Example(name));
        run.ExitCode.ShouldBe(0, run.Error);
        run.Files[$"procs/{node}/stdout.txt"].ShouldContain(said);
    }

    /// <returns>Mbps.</returns>
    private static double Perceived(double factor)
    {
        Run run = Run.Job(
            Example("dilated-tcp"), $"time.tdf={factor.ToString(CultureInfo.InvariantCulture)}");
        run.ExitCode.ShouldBe(0, run.Error);
        string[] said = run.Files["procs/client/stdout.txt"].Split('\n')[1].Split(' ');
        said[^1].ShouldBe("right");
        return Number(said[0]) * 8 / Number(said[3]) * 1e3;
    }

    private static string Example(string name) => File.ReadAllText(
        Path.Combine(Paths.Root, "docs", "examples", "network", $"{name}.yaml")).Replace(
            "artifacts/guests/dynamic/",
            Path.GetDirectoryName(Paths.Guest("talk", "dynamic")) + "/",
            StringComparison.Ordinal);

    private static string Guest(string name, string program, string arguments, int count = 1) => $$$"""
          - name: {{{name}}}
            count: {{{count}}}
            memory: {size: 32MiB, preset: small}
            guest: {program: {path: {{{Paths.Guest(program, "dynamic")}}}, args: [{{{arguments}}}]}}

        """;

    private static Run Job(string nodes, string rest)
    {
        Run run = Run.Job($"apiVersion: dilaton/v1\nnodes:\n{nodes}{rest}\n");
        run.ExitCode.ShouldBe(0, run.Error);
        return run;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
