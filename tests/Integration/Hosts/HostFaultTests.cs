using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Hosts that do not come, do not fit, or go: named, and nothing is left running.</summary>
public sealed class HostFaultTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("nosuch-command {command}", "127.0.0.1", "ended with code 127", "DL0540")]
    [InlineData("nosuch-command {command}", "127.0.0.1", "nosuch-command", "DL0540")]
    [InlineData("sh -c 'echo no; exit 9' {quoted}", "127.0.0.1", "code 9; its last lines: no", "DL0540")]
    [InlineData("sh -c 'exec sleep 1000' {quoted}", "127.0.0.1", "did not come within 2s", "DL0540")]
    [InlineData("env {command}", "192.0.2.1", "nothing can listen at 192.0.2.1", "DL0543")]
    [InlineData("env {command}", "nosuch.invalid", "'nosuch.invalid' stands for no address", "DL0543")]
    public void AHostThatDoesNotTakePart_IsNamed(
        string launch, string address, string message, string code)
    {
        string hosts = HostsJob.Hosts(launch, address, "127.0.0.2")
            .Replace("{name: h1", "{name: h1, timeout: 2s", StringComparison.Ordinal);
        Run run = Run.Job(HostsJob.Ring(hosts), "-q");
        run.ExitCode.ShouldBe(6, run.Error);
        run.Error.ShouldContain(message);
        run.Error.ShouldContain(code);
        run.Error.ShouldContain(code == "DL0540" ? "host 'h1'" : "hosts[0]");
        run.Files.Keys.ShouldNotContain("result.json");
    }

    [MountFact]
    public void AHostThatDoesNotSeeAFile_IsNamed()
    {
        // In a mount namespace of its own, an empty folder lies over that of the guests.
        string folder = Path.GetDirectoryName(Paths.Guest("allreduce", "dynamic"))!;
        string launch = $"unshare -m sh -c 'mount -t tmpfs none {folder}; exec $0 $@' {{command}}";
        Run run = Run.Job(
            HostsJob.Ring(HostsJob.Hosts(launch, "127.0.0.1", "127.0.0.2")), "-q");
        run.ExitCode.ShouldBe(6, run.Error);
        run.Error.ShouldContain($"host 'h1' (127.0.0.2) has no {folder}/allreduce");
        run.Error.ShouldContain("DL0542");
    }

    [MountFact]
    public void AHostThatSeesAnotherFile_IsNamed()
    {
        string program = Paths.Guest("allreduce", "dynamic");
        string launch = $"unshare -m sh -c 'mount --bind /bin/true {program}; exec $0 $@' {{command}}";
        Run run = Run.Job(
            HostsJob.Ring(HostsJob.Hosts(launch, "127.0.0.1", "127.0.0.2")), "-q");
        run.ExitCode.ShouldBe(6, run.Error);
        run.Error.ShouldContain($"host 'h1' (127.0.0.2) has another {program} than this host");
    }

    [Fact]
    public void WithoutAFront_AnAgentEnds()
    {
        // The keys' line, and the end of input right behind it, as if the front had died.
        string keys = Dilaton.Native.CurveKeys.Make().ToLine() + "\n";
        CommandResult agent = Command.Run(
            Paths.Dilaton,
            ["join", "tcp://127.0.0.1:9", "--host", "h1", "--key-file", "-"],
            new() { Input = keys });
        agent.ExitCode.ShouldBe(5, agent.Error);
        agent.Error.ShouldContain("the front is gone");
        Command.Run(
            Paths.Dilaton, ["join", "tcp://127.0.0.1:9", "--host", "h1", "--key-file", "-"],
            new() { Input = "none\n" }).Error.ShouldContain("holds no keys of a job");
    }

    [NetworkStacksFact]
    public async Task ACutCable_IsFoundBySilence()
    {
        using NetworkStacks stacks = new();
        using TempFolder folder = new();
        string job = folder.Write(
            "job.yaml",
            AllReduceJob.Text(AllReduceJob.Ring, 100_000, 1_000_000) + "\n"
                + HostsJob.Hosts(stacks.Launch, stacks.AddressHere, stacks.AddressThere));
        using Process front = Start(folder, job);
        Task<string> error = front.StandardError.ReadToEndAsync();
        Task<string> output = front.StandardOutput.ReadToEndAsync();
        Await(Await(front.Id, "join"), "worker");
        IReadOnlyList<int> all = [.. Descendants.Of(front.Id)];
        stacks.Cut();
        front.WaitForExit(s_patience).ShouldBeTrue();
        string said = await error + await output;
        said.ShouldContain("host 'h1' is lost: nothing was heard of it for 10 s");
        said.ShouldContain("DL0541");
        AreGone(all, said);
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("worker")]
    [InlineData("front")]
    [InlineData("launcher")]
    public async Task AKilledParticipant_IsNamedAndLeavesNothing(string victim)
    {
        using TempFolder folder = new();

        // The agent is the launcher's child, as that of ssh is nobody's here.
        string hosts = HostsJob.Hosts("sh -c '$0 $@; exit $?' {command}", "127.0.0.1", "127.0.0.2");
        string job = folder.Write("job.yaml", AllReduceJob.Text(AllReduceJob.Ring, 100_000, 1_000_000) + "\n" + hosts);
        using Process front = Start(folder, job);
        Task<string> error = front.StandardError.ReadToEndAsync();
        Task<string> output = front.StandardOutput.ReadToEndAsync();
        int agent = Await(front.Id, "join");
        int launcher = Await(front.Id, "sh\0-c");
        int worker = Await(agent, "worker");
        IReadOnlyList<int> all = [.. Descendants.Of(front.Id)];
        int prey = victim switch
        {
            "agent" => agent,
            "worker" => worker,
            "launcher" => launcher,
            _ => front.Id,
        };
        using (Process process = Process.GetProcessById(prey))
        {
            process.Kill();
        }

        // Those that are left find nobody, and end.
        front.WaitForExit(s_patience).ShouldBeTrue(victim);
        string said = await error + await output;
        AreGone(all, $"{victim}: {said}");
        if (victim != "front")
        {
            said.ShouldContain(victim == "worker" ? "the worker of n" : "host 'h1' is lost");
            File.Exists(folder.File("results/result.json")).ShouldBeTrue(said);
        }
    }

    private static Process Start(TempFolder folder, string job) => Process.Start(
        new ProcessStartInfo(Paths.Dilaton, ["launch", job, "-q", "-o", folder.File("results")])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private static void AreGone(IEnumerable<int> processes, string said)
    {
        foreach (int left in processes)
        {
            SpinWait.SpinUntil(() => !Descendants.IsAlive(left), 60_000)
                .ShouldBeTrue($"{left} is left: {said}");
        }
    }

    /// <summary>A descendant whose command line has this word.</summary>
    private static int Await(int ancestor, string word)
    {
        int? found = null;
        SpinWait.SpinUntil(
            () => (found = Descendants.Of(ancestor).Cast<int?>().FirstOrDefault(
                id => CommandLine(id!.Value).Contains(word, StringComparison.Ordinal))) is not null,
            s_patience);
        return found.ShouldNotBeNull($"no '{word}' below {ancestor}");
    }

    private static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
