using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>What is in the files that a job names is part of what its points are.</summary>
public sealed class SweepContentsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("contents-").FullName;

    [Theory]
    [InlineData("guest", true)]
    [InlineData("input.dat", true)]
    [InlineData("config.ini", true)]
    [InlineData("list.txt", true)]
    [InlineData("stdin.txt", true)]
    [InlineData("peer.py", true)]
    [InlineData("trace.txt", true)]
    [InlineData("peer-program", true)]
    [InlineData("graph.json", true)]
    [InlineData("written/log.txt", false)]
    [InlineData("unnamed", false)]
    public void APointIsAnother_IfAFileThatItsJobNamesIs(string name, bool isNamed)
    {
        WriteAll();
        string[] before = Ids();
        Ids().ShouldBe(before);
        Write(name, "other contents");
        Ids().SequenceEqual(before).ShouldBe(!isNamed);
    }

    [Fact]
    public void OnlyThePointsThatNameIt_AreOthers()
    {
        WriteAll();
        string[] before = Ids("guest.program.args=[input.dat],[65536]");
        Write("input.dat", "other");
        string[] after = Ids("guest.program.args=[input.dat],[65536]");
        after[0].ShouldNotBe(before[0]);
        after[1].ShouldBe(before[1]);
    }

    [Fact]
    public void AFileIsReadOnce_AndByItsStampNotAgain()
    {
        WriteAll();
        string path = Path.Combine(_folder, "input.dat");
        FileHashes fresh = FileHashes.Fresh();
        InputFile file = fresh.Of(path)!;
        Write("input.dat", "OTHER CONTENTS".ToLowerInvariant());
        fresh.Of(path).ShouldBe(file);
        FileHashes.Fresh().Of(path)!.Hash.ShouldNotBe(file.Hash);

        // As long, and as old: taken for the same where that is asked for, and only there.
        Write("input.dat", new string('x', (int)file.SizeBytes));
        File.SetLastWriteTimeUtc(path, new DateTime(file.Modified, DateTimeKind.Utc));
        new FileHashes([file], FileTrust.Unchanged).Of(path).ShouldBe(file);
        new FileHashes([file], FileTrust.None).Of(path)!.Hash.ShouldNotBe(file.Hash);
        File.SetLastWriteTimeUtc(path, new DateTime(file.Modified + 1, DateTimeKind.Utc));
        new FileHashes([file], FileTrust.Unchanged).Of(path)!.Hash.ShouldNotBe(file.Hash);
        new FileHashes([file], FileTrust.Recorded).Of(path).ShouldBe(file);
    }

    [Fact]
    public void WhatIsNoRegularFile_IsNotRead()
    {
        FileHashes hashes = FileHashes.Fresh();
        hashes.Of(_folder).ShouldBeNull();
        hashes.Of(Path.Combine(_folder, "none")).ShouldBeNull();
        string link = Path.Combine(_folder, "link"), target = Path.Combine(_folder, "target");
        File.CreateSymbolicLink(link, target);
        hashes.Of(link).ShouldBeNull();
        Write("target", "abc");
        InputFile file = FileHashes.Fresh().Of(link)!;
        file.SizeBytes.ShouldBe(3);
        file.Hash.ShouldBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

        // A pipe has no contents to wait for.
        FileHashes.Fresh().Of("/dev/null")!.Hash.ShouldStartWith("e3b0c44298fc1c14");
    }

    [Fact]
    public void AChange_IsToldWithItsPoints()
    {
        WriteAll();
        SweepPlan before = Plan("tdf=1,10");
        SweepRecord record = SweepFile.ReadRecord(SweepFile.Write(SweepFixture.Input("", []), before));
        record.Files.ShouldBe(before.Files.Select(each => each.File));
        Told(record, before).ShouldBe("");

        Write("input.dat", "other");
        string told = Told(record, Plan("tdf=1,10"));
        told.ShouldContain($"'{Path.Combine(_folder, "input.dat")}' has changed since the sweep was planned: 2 points");
        told.ShouldContain("[DL0711]");
        told.ShouldNotContain("config.ini");
        Told(record with { Version = "0.0.1 (abc)" }, before).ShouldContain("planned by Dilaton 0.0.1 (abc)");
        Should.Throw<FormatException>(() => SweepFile.ReadRecord("{}"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>What is said if no point has a result.</summary>
    private static string Told(SweepRecord record, SweepPlan plan)
    {
        DiagnosticBag bag = new();
        SweepChanges.Report(record, plan, new SweepState(plan, _ => null), bag);
        return bag.Print();
    }

    private string[] Ids(string argument = "tdf=1,10") => [.. Plan(argument).Points.Select(point => point.Id)];

    private SweepPlan Plan(string argument)
    {
        DiagnosticBag bag = new();
        SweepInput input = SweepFixture.Input(Job, argument) with { WorkingFolder = _folder };
        return input.Plan(FileHashes.Fresh(), bag) ?? throw new InvalidOperationException(bag.Print());
    }

    private void WriteAll()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "written"));
        foreach (string name in new[]
        {
            "guest", "input.dat", "config.ini", "list.txt", "stdin.txt", "peer.py", "trace.txt",
            "peer-program", "graph.json", "written/log.txt", "unnamed",
        })
        {
            Write(name, $"contents of {name}");
        }
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private string Job => $$"""
        apiVersion: dilaton/v1
        nodes:
          - cores: {rates: physical}
            memory: {peer: memory}
            guest:
              program:
                path: ./guest
                args: [input.dat, --config=config.ini, "65536", written/log.txt, /dev/zero, /proc/self/exe]
                env: {LIST: list.txt}
                stdin: stdin.txt
              files: [{path: .}, {path: written, access: write}]
          - cores: {rates: physical}
            memory: {peer: other}
            guest: {program: {path: ./guest}, files: [{path: .}]}
        peers:
          - {name: memory, kind: gem5, config: peer.py, args: [--trace, trace.txt]}
          - {name: other, kind: command, program: ./peer-program, args: [--graph=graph.json]}

        """;
}
