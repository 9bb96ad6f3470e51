using System.Text;
using System.Text.Json;
using Dilaton.Cli;
using Dilaton.Native;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class HostsJobTests
{
    private const string Job = """
        apiVersion: dilaton/v1
        nodes:
          - guest: {program: {path: /bin/true, stdin: none}}
            name: n
            count: 4
          - guest: {program: {path: /bin/true, stdin: none}}
            host: left
            memory: {peer: mem, cut: hierarchy}
        peers:
          - {name: mem, kind: command, program: /bin/true}
        hosts:
          - {name: left, address: 10.0.0.1}
          - {name: right, launch: 'rsh -l me {address} {quoted}', timeout: 5s}
        """;

    [Fact]
    public void Hosts_AreReadAndWrittenAsTheyAre()
    {
        Job job = CliFixture.Good(Job);
        job.Hosts[0].ShouldBe(new HostJob { Name = "left", Address = "10.0.0.1" });
        job.Hosts[1].Launch.ShouldBe("rsh -l me {address} {quoted}");
        job.Nodes[1].Host.ShouldBe("left");
        Encoding.UTF8.GetString(JobWriter.Write(job, indented: true))
            .ShouldBe(JsonSerializer.Serialize(job, JobJsonContext.Readable.Job));
    }

    [Fact]
    public void NodesWithoutAHost_AreSpreadInBlocks_AndAPeerGoesWhereItsNodeIs()
    {
        Job resolved = Resolved(Job, out string mistakes);
        mistakes.ShouldBe("");
        resolved.Nodes.Select(node => $"{node.Name} {node.Host}").ShouldBe(
            ["n0 left", "n1 left", "n2 right", "n3 right", "node4 left"]);
        resolved.Peers[0].Host.ShouldBe("left");
    }

    [Fact]
    public void NodesThatShare_HaveWorkersOfTheirOwnOnEachHost()
    {
        Job job = Resolved(
            Job.Replace("count: 4", "count: 5\n    isolation: shared", StringComparison.Ordinal),
            out _);
        WorkerLayout.Of(job with { Sync = job.Sync with { Workers = 1 } }, 2)
            .Select(nodes => string.Join(' ', nodes))
            .ShouldBe(["0 1 2", "3 4", "5"]);
    }

    [Theory]
    [InlineData("host: left", "host: lefd", "nodes[1].host: there is no host 'lefd'")]
    [InlineData("host: left", "host: lefd", "did you mean 'left'?")]
    [InlineData("name: right", "name: left", "'left' is the name of another host already")]
    [InlineData("{quoted}", "quoted", "has no word {command} or {quoted}")]
    [InlineData("-l me", "-l \"me", "is no command")]
    [InlineData("10.0.0.1}", "10.0.0.1, launch: ssh}", "the first host is the one that")]
    [InlineData("timeout: 5s", "timeout: 5ms", "is out of range (1s to 24h)")]
    [InlineData("name: right, ", "", "hosts[1].name")]
    [InlineData("kind: command,", "kind: command, host: rihgt,", "did you mean 'right'?")]
    [InlineData("kind: command,", "kind: command, ranks: 2,", "peers[0].ranks: only peers of kind sst")]
    [InlineData("hosts:", "sweep: {parameters: {seed: [1, 2]}}\nhosts:", "each point of a sweep runs on one host")]
    public void AMistake_IsNamed(string good, string bad, string message) =>
        CliFixture.Mistakes(Job.Replace(good, bad, StringComparison.Ordinal)).ShouldContain(message);

    [Theory]
    [InlineData("path: /bin/true, stdin: none}}\n    name", "path: /bin/true, stdin: inherit}}\n    host: right\n    name", "only a node of the first host ('left') can inherit standard input")]
    [InlineData("kind: command, program: /bin/true", "kind: manual, host: right", "between hosts no peer can be started by hand")]
    [InlineData("kind: command", "kind: command, host: right, endpoint: 'tcp://127.0.0.1:5000'", "an endpoint is for one host")]
    public void WhatNeedsOneHost_IsRefusedBetweenTwo(string good, string bad, string message)
    {
        string text = Job.Replace("count: 4", "count: 1", StringComparison.Ordinal)
            .Replace(good, bad, StringComparison.Ordinal);
        Resolved(text, out string mistakes);
        mistakes.ShouldContain(message);
    }

    [Fact]
    public void ACommand_IsFilledInAsWordsOrAsOneForAShell()
    {
        HostJob host = new() { Name = "right", Launch = "rsh '-l me' {address} {quoted}" };
        HostLaunch.Words(host, 1, "10.0.0.2", ["/opt/my dilaton", "join"]).ShouldBe(
            ["rsh", "-l me", "10.0.0.2", "'/opt/my dilaton' join"]);
        HostLaunch.Words(host with { Launch = "in{index} {name} {command}" }, 1, "", ["a", "b"])
            .ShouldBe(["in1", "right", "a", "b"]);
        HostLaunch.Words(host with { Launch = "srun" }, 2, "", ["a"]).ShouldContain("--het-group=2");
        HostLaunch.Words(host with { Launch = null }, 1, "h", ["a"])
            .ShouldBe(["ssh", "-o", "BatchMode=yes", "h", "a"]);
        HostLaunch.IsManual(host with { Launch = "none" }).ShouldBeTrue();
    }

    [Fact]
    public void ABatchScript_HasAComponentAHost_AndFillsInWhatTheJobLeavesOut()
    {
        LaunchRequest request = new()
        {
            JobFile = "my job.yaml",
            Settings = [new JobSetting("--seed", "seed", "7"), new JobSetting("", "", "cores.count=2")],
        };
        Job job = Resolved(Job, out _);
        job = job with { Hosts = [job.Hosts[0], job.Hosts[1] with { Launch = null }] };
        string text = new SlurmLaunchScript(request, job, "/out put", "--partition=x").Text();
        string[] lines = text.Split('\n');
        lines[0].ShouldBe("#!/bin/bash");
        lines.Count(line => line == "#SBATCH hetjob").ShouldBe(1);
        lines.Count(line => line == "#SBATCH --partition=x").ShouldBe(2);

        // Three workers and a peer, and two workers.
        lines.Where(line => line.Contains("--cpus-per-task", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[3])
            .ShouldBe(["--cpus-per-task=4", "--cpus-per-task=2"]);
        text.ShouldContain("launch 'my job.yaml' \\\n    --seed 7 \\\n    cores.count=2 \\\n");
        text.ShouldNotContain("hosts[0].address");
        text.ShouldContain("\"hosts[1].address=$(address 1)\" \\\n    hosts[1].launch=srun \\\n");
        text.ShouldContain("-q -o '/out put'\n");
        text.ShouldNotContain("mpirun");
    }

    [Fact]
    public void ABatchScript_AsksForAProcessorPerRank()
    {
        LaunchRequest request = new() { JobFile = "job.yaml" };
        Job job = Resolved(Job, out _);
        PeerJob peer = job.Peers[0] with { Kind = PeerKind.Sst, Ranks = 3 };
        string text = new SlurmLaunchScript(request, job with { Peers = [peer] }, "/out", "").Text();
        text.ShouldContain(
            $"\n# mpirun starts the 3 ranks of '{peer.Name}' within the one task of {peer.Host}.\n#SBATCH");
        text.ShouldContain(" --cpus-per-task=6 ");
    }

    [Theory]
    [InlineData("rsh {command}", "host 'right' has launch: rsh {command}")]
    [InlineData("none", "host 'right' has launch: none")]
    public void WhatSrunIsNotToStart_IsRefusedBySlurm(string launch, string message)
    {
        Job job = Resolved(Job, out _);
        DiagnosticBag bag = new();
        SlurmLaunchScript.Fits(
            job with { Hosts = [job.Hosts[0], job.Hosts[1] with { Launch = launch }] }, bag)
            .ShouldBeFalse();
        bag.Print().ShouldContain(message);
        SlurmLaunchScript.Fits(job with { Hosts = [] }, bag).ShouldBeFalse();
        SlurmLaunchScript.Fits(
            job with { Hosts = [job.Hosts[0], job.Hosts[1] with { Launch = "srun" }] }, bag)
            .ShouldBeTrue();
    }

    [Theory]
    [InlineData("--executor slrm", "did you mean 'slurm'?")]
    [InlineData("--plan-only", "are of --executor slurm")]
    [InlineData("--slurm-options --x", "are of --executor slurm")]
    public void AnOptionOfSlurmAlone_IsNamed(string options, string message)
    {
        DiagnosticBag bag = new();
        LaunchCommand.Read(["job.yaml", .. options.Split(' ')], bag, out _).ShouldBeNull();
        bag.Print().ShouldContain(message);
    }

    [Fact]
    public void TheKeys_AreOnNoCommandLine()
    {
        CurveKeys keys = CurveKeys.Make();
        IReadOnlyList<string> words = HostGroup.AgentCommand(
            new HostJob { Name = "right" }, "tcp://10.0.0.1:5000", KeyFiles.Input);
        words.TakeLast(6).ShouldBe(
            ["join", "tcp://10.0.0.1:5000", "--host", "right", "--key-file", "-"]);
        keys.ToString().ShouldNotContain(keys.Secret);
        CurveKeys.TryParse(keys.ToLine()).ShouldBe(keys);
        CurveKeys.TryParse(keys.Public).ShouldBeNull();
        CurveKeys.TryParse($"{keys.Public} {keys.Secret[1..]}").ShouldBeNull();
    }

    [Fact]
    public void AKeyFile_IsRefusedIfOthersCanReadIt()
    {
        string folder = Directory.CreateTempSubdirectory("dilaton-test-").FullName;
        try
        {
            CurveKeys keys = CurveKeys.Make();
            string path = KeyFiles.Write(folder, keys);
            DiagnosticBag bag = new();
            KeyFiles.Read(path, bag).ShouldBe(keys);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
            KeyFiles.Read(path, bag).ShouldBeNull();
            bag.Print().ShouldContain("others can read");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void APeerForAnotherHost_IsReadAsItWasWritten()
    {
        HostPeer peer = new(
            "/log",
            ["a b", "", "c\nd"],
            new Dictionary<string, string?> { ["X"] = "1=2", ["Y"] = "", ["Z"] = null });
        HostPeer again = HostPeer.Parse(peer.ToText());
        again.LogPath.ShouldBe(peer.LogPath);
        again.Command.ShouldBe(peer.Command);
        again.Environment.ShouldBe(peer.Environment);
        HostMessage message = HostMessage.Read("output 3 1"u8, "x"u8);
        (message.Word, message.Id, message.Text).ShouldBe(("output", "3 1", "x"));
    }

    private static Job Resolved(string text, out string mistakes)
    {
        DiagnosticBag bag = new();
        JobMap root = (JobMap)YamlReader.Read(new SourceText("job.yaml", text), bag)!;
        Job job = new JobResolver(root, bag)
            .Resolve(new JobBinder(bag).Bind(root), "/", out _);
        mistakes = bag.Print();
        return job;
    }
}
