using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class DurableFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("durable-").FullName;

    [Fact]
    public void AFile_IsOnTheDiskBeforeItHasItsName_AndItsNameAfterIt()
    {
        string path = PathOf("result.json");
        File.WriteAllText(path, "old");
        List<string> synced = [];
        DurableFile.Write(path, "new", each =>
        {
            synced.Add(each);
            File.ReadAllText(path).ShouldBe(synced.Count == 1 ? "old" : "new");
        });
        synced.ShouldBe([PathOf("result.json.new"), _folder]);
        Directory.GetFiles(_folder).ShouldBe([path]);
    }

    [Fact]
    public void AFolder_IsSyncedWithAllThatIsInIt_ButNotBehindLinks()
    {
        Directory.CreateDirectory(PathOf("procs/node0"));
        File.WriteAllText(PathOf("procs/node0/stdout.txt"), "hello");
        File.WriteAllText(PathOf("procs/empty"), "");
        File.WriteAllText(PathOf("stats.json"), "{}");
        File.CreateSymbolicLink(PathOf("link"), "/etc/passwd");
        Directory.CreateSymbolicLink(PathOf("up"), _folder);
        List<string> synced = [];
        DurableFile.SyncAll(_folder, synced.Add);
        synced.ShouldBe([
            PathOf("procs/node0/stdout.txt"), PathOf("procs/node0"), PathOf("procs"), PathOf("stats.json"), _folder,
        ]);
        Should.NotThrow(() => DurableFile.SyncAll(_folder));
    }

    [Fact]
    public void WhatDoesNotReachTheDisk_IsTold() =>
        Should.Throw<IOException>(() => DurableFile.SyncName(PathOf("none/file"))).Message
            .ShouldContain("none does not reach the disk: No such file or directory (errno 2)");

    /// <summary>A point's result.json appears after all that it belongs to is on the disk.</summary>
    [Fact]
    public void AResult_IsDurable()
    {
        ResultFolder results = ResultFolder.Create(PathOf("run"), force: false, new DiagnosticBag())!;
        results.Write("stats.json", "{}");
        results.WriteAtomically("result.json", "{}", isDurable: true);
        File.ReadAllText(PathOf("run/result.json")).ShouldBe("{}");
        File.Exists(PathOf("run/result.json.new")).ShouldBeFalse();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(_folder, name);
}
