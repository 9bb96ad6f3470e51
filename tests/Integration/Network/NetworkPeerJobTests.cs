using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Nodes of one job whose frames a peer carries: the switch of dilaton-peer.</summary>
public sealed class NetworkPeerJobTests
{
    private const string Switch = "--network, --latency, 1us, --bandwidth, 10Gbps";

    [RequiresPeerFact]
    public void UdpAndTcp_GoOverThePeer_AndNothingButTheJobDecidesWhen()
    {
        string job = Two(Switch);
        Run run = Run.Job(job);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Files["procs/client/stdout.txt"].ShouldContain("sum right");
        run.Statistic("network.exchanges").ShouldBeGreaterThan(0);
        run.Statistic("network.sync.frames.late").ShouldBe(0);
        run.Statistic("network.sync.frames.delivered").ShouldBeGreaterThan(200);
        run.Files.Keys.ShouldContain("pcap/client.pcap");
        run.Result["estimates"]!.ToJsonString().ShouldContain("network: as the peer");
        foreach (Run again in (Run[])[
            Run.Job(job),
            Run.Job(job, "sync.transport=ipc", "peers[0].ring=off"),
            Run.Job(job, "peers[0].endpoint=tcp://127.0.0.1:47113")])
        {
            again.ExitCode.ShouldBe(0, again.Error);
            again.Files["stats.json"].ShouldBe(run.Files["stats.json"]);
            again.Files["procs/client/stdout.txt"].ShouldBe(run.Files["procs/client/stdout.txt"]);
            again.Files["pcap/client.pcap"].ShouldBe(run.Files["pcap/client.pcap"]);
        }
    }

    [RequiresPeerFact]
    public void APeerWithTooFewPorts_IsRefusedByName()
    {
        Run run = Run.Job(Two($"{Switch}, --ports, '1'"));
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain(
            "peer 'fabric' does not fit: ports: the job has 2, the peer has 1");
    }

    [RequiresPeerFact]
    public void AMemoryInTheNetworksPlace_IsRefusedByName()
    {
        Run run = Run.Job(Two("--latency, 80ns, --bandwidth, 25.6GB/s, --channels, '1'"));
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("peer 'fabric' does not fit: features: the job has network");
    }

    [RequiresPeerFact]
    public void APeerThatEndsAtOnce_IsNamedWithItsLastLines()
    {
        Run run = Run.Job(Two("--network, --latncy, 1us"));
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("peer 'fabric' ended with code 2");
        run.Error.ShouldContain("its last lines:");
    }

    [RequiresPeerFact]
    public void AKilledPeer_EndsTheRunAndAllResultsAreKept()
    {
        using var folder = new TempFolder();
        string pid = folder.File("pid");
        string wrapper = folder.Write("network", $$"""
            #!/bin/sh
            echo $$ >{{pid}}
            (while ! grep -q called {{folder.File("results")}}/procs/server/stdout.txt; do sleep 0.05; done
             kill -KILL $$) >/dev/null 2>&1 &
            exec {{PeerJob.Program}} "$@"

            """);
        Command.Run("chmod", ["+x", wrapper]);
        string talk = Paths.Guest("talk", "dynamic");
        string job = folder.Write("job.yaml", $$$"""
            apiVersion: dilaton/v1
            nodes:
              - name: server
                guest: {program: {path: {{{talk}}}, args: [serve, '100000000']}}
              - name: client
                guest: {program: {path: {{{talk}}}, args: [call, server, '100000000', '8']}}
              - name: other
                guest: {program: {path: {{{Paths.Guest("hello")}}}}}
            network: {kind: peer, peer: fabric}
            peers:
              - {name: fabric, kind: command, program: {{{wrapper}}}, args: [{{{Switch}}}]}
            """);
        CommandResult run = Command.Run(
            Paths.Dilaton, ["launch", job, "-o", folder.File("results")],
            new CommandSettings { Folder = folder.Path });
        run.ExitCode.ShouldBe(5, run.Error);
        run.Error.ShouldContain("server, client: peer 'fabric' ");
        run.Error.ShouldContain("peer 'fabric' died by signal 9 (SIGKILL)");
        string Text(string file) => File.ReadAllText(folder.File($"results/{file}"));
        Text("procs/other/stdout.txt").ShouldBe("hello, world\n");
        Text("result.json").ShouldContain("fabric");
        Text("stats.json").ShouldContain("client.vcpu0.numCycles");
        Directory.Exists($"/proc/{File.ReadAllText(pid).Trim()}").ShouldBeFalse();
    }

    [RequiresPeerFact]
    public void DryRun_ShowsTheNetworksPeer()
    {
        Run run = Run.Job(Two(Switch), "--dry-run");
        run.ExitCode.ShouldBe(0, run.Error);
        (run.Output + run.Error).ShouldContain(
            "network: peer 'fabric' carries the frames of all nodes");
        (run.Output + run.Error).ShouldContain("DILATON_PEER=fabric");
    }

    private static string Two(string arguments) => $$$"""
        apiVersion: dilaton/v1
        nodes:
          - name: server
            memory: {size: 256MiB}
            guest: {program: {path: {{{Paths.Guest("talk", "dynamic")}}}, args: [serve, '3']}}
          - name: client
            memory: {size: 256MiB}
            guest: {program: {path: {{{Paths.Guest("talk", "dynamic")}}}, args: [call, server, '3', '300000']}}
        network: {kind: peer, peer: fabric, pcap: true}
        peers:
          - {name: fabric, kind: command, program: {{{PeerJob.Program}}}, args: [{{{arguments}}}]}
        """;
}
