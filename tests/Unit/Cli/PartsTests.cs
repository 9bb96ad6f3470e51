using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>What comes inside the program.</summary>
[SupportedOSPlatform("linux")]
public sealed class PartsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dilaton-parts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Archive_IsWhatTheRepositoryHas()
    {
        string root = CliFixture.Root();
        string[] expected =
        [
            .. s_folders.SelectMany(folder => Directory.EnumerateFiles(
                    Path.Combine(root, folder), "*", SearchOption.AllDirectories))
                .Select(file => Path.GetRelativePath(root, file))
                .Where(file => !file.Contains("__pycache__", StringComparison.Ordinal)
                    && !file.StartsWith("vmm/Protocol/cpp/tests/", StringComparison.Ordinal)
                    && !file.StartsWith("clients/python/tests/", StringComparison.Ordinal))
                .Append("vmm/Protocol/cosim.proto")
                .Order(StringComparer.Ordinal),
        ];
        PartsArchive.Paths.ShouldBe(expected);

        PartsArchive.Write(_folder);
        foreach (string path in expected)
        {
            string unpacked = Path.Combine(_folder, path);
            File.ReadAllBytes(unpacked).ShouldBe(File.ReadAllBytes(Path.Combine(root, path)), path);
            bool isScript = (File.GetUnixFileMode(Path.Combine(root, path)) & UnixFileMode.UserExecute) != 0;
            ((File.GetUnixFileMode(unpacked) & UnixFileMode.UserExecute) != 0).ShouldBe(isScript, path);
        }
    }

    [Fact]
    public void Home_IsTheRepositoryWhereItIsNamed()
    {
        PartsHome home = PartsHome.Find("/some/where", "/usr/bin", _folder);
        home.Sources.ShouldBe("/some/where");
        home.Builds.ShouldBe("/some/where/artifacts");
    }

    [Fact]
    public void Home_IsUnpackedToTheCacheOnce()
    {
        PartsHome home = PartsHome.Find("", Path.Combine(_folder, "bin"), _folder);
        home.Builds.ShouldStartWith(_folder);
        Directory.EnumerateFileSystemEntries(_folder).ShouldBeEmpty("nothing has asked for it yet");

        string script = Path.Combine(home.Sources, "sst-bridge", "build");
        File.WriteAllText(script, "changed");
        PartsHome.Find(null, Path.Combine(_folder, "bin"), _folder).Sources.ShouldBe(home.Sources);
        File.ReadAllText(script).ShouldBe("changed", "what is there is not written again");
        Directory.EnumerateDirectories(Path.Combine(_folder, "dilaton")).Count().ShouldBe(1);
    }

    [Fact]
    public void Home_IsTheSharedFolderIfItIsOfThisProgram()
    {
        string shared = Path.Combine(_folder, "share", "dilaton");
        PartsArchive.Write(shared);
        string cache = Path.Combine(_folder, "cache");
        PartsHome home = PartsHome.Find(null, Path.Combine(_folder, "bin"), cache);
        home.Sources.ShouldBe(shared);
        home.Builds.ShouldStartWith(cache);

        File.WriteAllText(Path.Combine(shared, PartsArchive.MarkName), "0123456789abcdef\n");
        PartsHome.Find(null, Path.Combine(_folder, "bin"), cache).Sources.ShouldStartWith(cache);
    }

    [Fact]
    public void CacheThatCannotBeWritten_IsToldByName()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        PartsHome home = PartsHome.Find(null, "/usr/bin", file);
        Should.Throw<PartsException>(() => home.Sources).Message.ShouldContain(file);
    }

    [Fact]
    public void Sqlite_IsLoadedFromTheProgramItself()
    {
        NativeLibrary.GetExport(SqliteLibrary.Own, "sqlite3_open_v2").ShouldNotBe(0);
        File.ReadAllText("/proc/self/maps").ShouldContain("memfd:libe_sqlite3.so");
        SqliteLibrary.Own.ShouldBe(SqliteLibrary.Own, "two copies would not know of each other");
    }

    private static readonly string[] s_folders =
    [
        "sst-bridge", "gem5-bridge", "vmm/Protocol/cpp", "include", "docs/examples", "docs/howto/write-a-peer",
        "clients/python",
    ];
}
