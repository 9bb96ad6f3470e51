using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>What is said of an SST configuration before anything is started.</summary>
public sealed class SstCheckTests
{
    [SstFact]
    public void AMistakeInTheConfiguration_IsShownAsPythonShowsIt()
    {
        using TempFolder folder = new();
        string config = folder.Write(
            "bad.py", "import dilaton_sst as dilaton\n\ndilaton.vcpu(1)\n");
        Run run = Run.Job(SstJob.Text(config, "cut: l1", 1, "/bin/true", ""));
        run.ExitCode.ShouldBe(2, run.Error);
        run.Error.ShouldContain("bad.py\", line 3");
        run.Error.ShouldContain("AttributeError");
        run.Error.ShouldNotContain("[0x");
        run.Files.ShouldBeEmpty();
    }

    [SstTheory]
    [InlineData("sst.Component('x', 'memHierarchy.Cahce')",
        "peer 'memory': x: SST's library memHierarchy has no element 'Cahce'",
        "did you mean 'memHierarchy.Cache'?")]
    [InlineData("l2.setSubComponent('prefetcher', 'casini.NextBlockPrefetcher')",
        "peer 'memory': l2:prefetcher[0]: SST has no element library 'casini'", "'cassini'?")]
    [InlineData("sst.Link('l').connect((sst.Component('x', 'memHierarchy.Cahce'), 'highlink', '1ns'), "
            + "(sst.Component('y', 'memHierarchy.Cache'), 'lowlink', '1ns'))",
        "peer 'memory': SST's library memHierarchy has no element 'Cahce'",
        "did you mean 'memHierarchy.Cache'?")]
    [InlineData("sst.Link('l').connect((l2, 'highlnk', '1ns'), (memory, 'highlink', '1ns'))",
        "peer 'memory': l2: memHierarchy.Cache has no port 'highlnk'", "did you mean 'highlink'?")]
    public void WhatSstDoesNotHave_IsRefusedWithItsNearestName(
        string line, string message, string help)
    {
        using TempFolder folder = new();
        Run run = Run.Job(SstJob.Text(
            folder.Write(
                "changed.py",
                $"import sst\n{File.ReadAllText(SstJob.Example("l2.py"))}\n{line}\n"),
            "cut: l1", 1, "/bin/true", ""));
        run.ExitCode.ShouldBe(2, run.Error);
        run.Error.ShouldContain(message);
        run.Error.ShouldContain(help);
        run.Files.ShouldBeEmpty();
    }

    [SstFact]
    public void AnUnknownParameter_IsToldWithItsNearestNameAndKept()
    {
        using TempFolder folder = new();
        string text = File.ReadAllText(SstJob.Example("l2.py"))
            .Replace("first=True", "first=True, mshr_num_entry=4", StringComparison.Ordinal);
        Run run = Run.Job(SstJob.Text(
            folder.Write("changed.py", text), "cut: l1", 1, "/bin/true", ""));
        run.ExitCode.ShouldBe(0, run.Error);
        const string Said = "peer 'memory': l2: memHierarchy.Cache describes no parameter 'mshr_num_entry'";
        run.Error.ShouldContain($"warning: {Said}");
        run.Error.ShouldContain("did you mean 'mshr_num_entries'?");
        run.Result["warnings"]!.AsArray().Select(w => w!.GetValue<string>())
            .ShouldContain($"DL0206: {Said}");
    }

    [SstTheory]
    [InlineData("l2")]
    [InlineData("whole")]
    [InlineData("shared-l3")]
    public void AnExample_HasNothingToTell(string name)
    {
        CommandResult dry = Command.Run(
            Paths.Dilaton, ["launch", SstJob.Example(name + ".yaml"), "--dry-run"],
            new() { Folder = Paths.Root });
        dry.ExitCode.ShouldBe(0, dry.Error);
        dry.Error.ShouldNotContain("warning");
        dry.Error.ShouldContain("checked against sst-info");
    }

    [SstFact]
    public void ADryRun_ShowsWhatWouldBeStartedAndWritesNothing()
    {
        using TempFolder folder = new();
        string job = folder.Write("job.yaml", SstJob.Text(
            SstJob.Example("l2.py"), "cut: l1", 1, "/bin/true", ""));
        CommandResult dry = Command.Run(
            Paths.Dilaton, ["launch", job, "--dry-run"], new() { Folder = folder.Path });
        dry.ExitCode.ShouldBe(0, dry.Error);
        JsonNode.Parse(dry.Output)!["peers"]![0]!["name"]!.GetValue<string>().ShouldBe("memory");
        dry.Error.ShouldContain("DILATON_PEER=memory sst --add-lib-path=");
        dry.Error.ShouldContain(Path.Combine(folder.Path, "tdout", "peers", "memory", "log.txt"));
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([job]);

        // The resolved job is a job: it says the same again.
        CommandResult again = Command.Run(
            Paths.Dilaton, ["launch", folder.Write("resolved.json", dry.Output), "--dry-run"],
            new() { Folder = folder.Path });
        again.Output.ShouldBe(dry.Output);
    }

    [Fact]
    public void ADryRunWithoutSst_SaysThatNothingWasChecked()
    {
        using TempFolder folder = new();
        string job = folder.Write("job.yaml", SstJob.Text(
            SstJob.Example("l2.py"), "cut: l1", 1, "/bin/true", ""));
        CommandResult dry = SstHost.WithoutSst(["launch", job, "--dry-run"]);
        dry.ExitCode.ShouldBe(0, dry.Error);
        dry.Error.ShouldContain("peer 'memory': not checked: no sst and sst-info in PATH");
    }
}
