using System.Globalization;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Dilaton.Tests.Integration;

/// <summary>A ring all-reduce on 1000 nodes that share the host's few workers. `./test soak` only.
/// </summary>
[Trait("Tier", "soak")]
public sealed class ThousandNodesTests(ITestOutputHelper output)
{
    private const int Nodes = 1000;
    private const long MemoryMax = 16L << 30;

    /// <summary>The closed form is that of
    /// <see cref="NetworkLawTests.ARingAllReduce_TakesItsStepsTimesAMessage"/>.</summary>
    [Fact]
    public void ARingAllReduce_IsRight_AndTakesItsStepsTimesAMessage()
    {
        const int Words = 16;
        const double Latency = 50_000, BitNs = 1, Switch = 1_000, BytesPerNs = 10;
        const double Send = 2_000, Packet = 1_000, Wake = 1_200;
        const int Message = 4 + 4 * Words, Headers = 14 + 20 + 8;
        string names = string.Join(", ", Enumerable.Range(0, Nodes).Select(i => $"n{i}"));
        string job = $$$"""
            apiVersion: dilaton/v1
            nodes:
              - name: n
                count: {{{Nodes}}}
                memory: {size: 32MiB, preset: small}
                guest: {program: {path: {{{Paths.Guest("allreduce", "dynamic")}}}, args: ['{{{Words}}}', '1', {{{names}}}]}}
            network: {kind: ring, link: {bandwidth: 1Gbps, latency: 50us}, switch: {latency: 1us}}
            events: {level: off}
            """;
        Run run = Run.JobWith(job, new CommandSettings { Limit = TimeSpan.FromMinutes(60) }, "-q");
        run.ExitCode.ShouldBe(0, run.Error);

        double step = Send + Message / BytesPerNs
            + 3 * (Latency + 8 * (Message + Headers) * BitNs) + 2 * Switch
            + Packet + Wake + Message / BytesPerNs;
        double all = 2 * (Nodes - 1) * step + Wake;
        double longest = 0;
        for (int i = 0; i < Nodes; i++)
        {
            string[] said = run.Files[$"procs/n{i}/stdout.txt"].TrimEnd().Split(' ');
            said[^1].ShouldBe("right");
            double took = double.Parse(said[^3], CultureInfo.InvariantCulture);
            took.ShouldBeGreaterThan(all * (1 - 1e-6));
            took.ShouldBeLessThan(all * 1.01);
            longest = Math.Max(longest, took);
        }

        JsonObject host = JsonNode.Parse(run.Files["host.json"])!.AsObject();
        (int Worker, long Peak)[] peaks =
        [
            .. Enumerable.Range(0, Nodes).Select(i => (
                    Worker: host[$"n{i}.workerProcessId"]!.GetValue<int>(),
                    Peak: host[$"n{i}.peakMemoryBytes"]!.GetValue<long>()))
                .GroupBy(node => node.Worker)
                .Select(worker => (worker.Key, worker.Max(node => node.Peak))),
        ];
        long memory = peaks.Sum(worker => worker.Peak);
        memory.ShouldBeLessThan(MemoryMax);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"figures: {Nodes} nodes in {peaks.Length} workers: {longest / all:F4} of the closed form, "
            + $"{memory >> 20} MiB at most, {(memory >> 10) / Nodes} KiB a node, "
            + $"{host["wallSeconds"]} s, CPU s: {host["workerCpuSeconds"]} of workers and "
            + $"{host["frontCpuSeconds"]} of the front"));
    }
}
