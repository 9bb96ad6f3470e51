using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest.Files;

/// <summary>No path leads a guest out of what it was granted.</summary>
public sealed class EscapeTests
{
    private const int WriteOnly = 1;
    private const int Create = 0x40;

    [Theory]
    [InlineData("../../../../../../../../{0}/secret")]
    [InlineData("/../../..{0}/secret")]
    [InlineData("/sandbox/../..{0}/secret")]
    [InlineData("{0}/secret")]
    [InlineData("/proc/self/root{0}/secret")]
    [InlineData("/proc/self/cwd/../../..{0}/secret")]
    [InlineData("/proc/thread-self/root{0}/secret")]
    [InlineData("/proc/1/root{0}/secret")]
    public void Path_NeverLeadsToAnUngrantedFile(string pattern)
    {
        using FileSandbox box = new();
        box.Open(string.Format(null, pattern, box.Outside)).ShouldBe(-Errno.ENOENT);
    }

    [Fact]
    public void AbsoluteLink_StartsAtTheGuestsRoot()
    {
        using FileSandbox box = new();
        File.CreateSymbolicLink(box.Host("link"), Path.Combine(box.Outside, "secret"));
        Directory.CreateSymbolicLink(box.Host("folder"), box.Outside);

        box.Open("link").ShouldBe(-Errno.ENOENT);
        box.Open("folder/secret").ShouldBe(-Errno.ENOENT);
        box.Open("link", Create | WriteOnly).ShouldBe(-Errno.ENOENT);
        box.Stat("link").Result.ShouldBe(-Errno.ENOENT);
        File.ReadAllText(Path.Combine(box.Outside, "secret")).ShouldBe("secret");
    }

    [Fact]
    public void RelativeLink_StopsAtTheGuestsRoot()
    {
        using FileSandbox box = new();
        string up = string.Concat(Enumerable.Repeat("../", 30));
        File.CreateSymbolicLink(box.Host("link"), up + box.Outside[1..] + "/secret");
        Directory.CreateSymbolicLink(box.Host("top"), up);

        box.Open("link").ShouldBe(-Errno.ENOENT);
        box.List("top").ShouldBe(box.List("/"));
    }

    [Fact]
    public void FolderSwappedForALink_IsNotFollowed()
    {
        using FileSandbox box = new();
        Directory.CreateDirectory(box.Host("d"));
        File.WriteAllText(box.Host("d/secret"), "mine");
        box.ReadAll("d/secret").ShouldBe("mine");
        box.Call(80, box.Text("d")).ShouldBe(0);

        Directory.Move(box.Host("d"), box.Host("moved"));
        Directory.CreateSymbolicLink(box.Host("d"), box.Outside);

        box.Open("/sandbox/d/secret").ShouldBe(-Errno.ENOENT);
        box.ReadAll("/sandbox/moved/secret").ShouldBe("mine");
    }

    [Fact]
    public void LinkLoop_IsEloop()
    {
        using FileSandbox box = new();
        File.CreateSymbolicLink(box.Host("a"), "b");
        File.CreateSymbolicLink(box.Host("b"), "a");
        File.CreateSymbolicLink(box.Host("self"), "self/x");

        box.Open("a").ShouldBe(-Errno.ELOOP);
        box.Open("self").ShouldBe(-Errno.ELOOP);
        box.Open("a", 0x20000).ShouldBe(-Errno.ELOOP);
    }

    [Fact]
    public void LinkChain_OfFortyIsFollowedAndOfFortyOneIsEloop()
    {
        using FileSandbox box = new();
        File.WriteAllText(box.Host("l0"), "end");
        for (int i = 1; i <= 41; i++)
        {
            File.CreateSymbolicLink(box.Host($"l{i}"), $"l{i - 1}");
        }

        box.ReadAll("l40").ShouldBe("end");
        box.Open("l41").ShouldBe(-Errno.ELOOP);
    }

    [Fact]
    public void DescriptorLink_LeadsToTheOpenFileAndNoFurther()
    {
        using FileSandbox box = new();
        File.WriteAllText(box.Host("a"), "text");
        long descriptor = box.Open("a");
        long folder = box.Open("/sandbox", 0x10000);

        box.ReadAll($"/proc/self/fd/{descriptor}").ShouldBe("text");
        box.ReadAll($"/dev/fd/{descriptor}").ShouldBe("text");
        box.Open($"/proc/self/fd/{folder}/../../../..{box.Outside}/secret")
            .ShouldBe(-Errno.ENOENT);
        box.Open("/proc/self/fd/99").ShouldBe(-Errno.ENOENT);
    }

    [Fact]
    public void RenameAndLink_DoNotCrossGrants()
    {
        using FileSandbox box = new();
        box.Close(box.Open("a", Create | WriteOnly));

        box.Call(82, box.Text("a"), box.Text("/tmp/a")).ShouldBe(-Errno.EXDEV);
        box.Call(86, box.Text("a"), box.Text("/tmp/a")).ShouldBe(-Errno.EXDEV);
    }

    [Fact]
    public void HostPipeInAGrant_IsSeenButNeverOpened()
    {
        using FileSandbox box = new();
        NativeSystem.Call(133, [box.Host("fifo"), 0x1000L | 0x1b6, 0L]).ShouldBe(0);

        box.Open("fifo").ShouldBe(-Errno.ENXIO);
        (box.Stat("fifo").Stat.Mode & 0xf000).ShouldBe(0x1000u);
    }

    [Fact]
    public void HostProcfsInAGrant_IsRefused()
    {
        using FileSandbox sandbox = new();
        FileSystemOptions options = sandbox.Options with
        {
            Grants = [new FileGrant("/", "/host", FileAccessRight.ReadOnly)],
            WorkingDirectory = "/",
        };
        NodeFileSystem files = new(options, new FileOrigin(0, 1, 0, 0), sandbox.Streams);
        PathResolver resolver = files.Resolver;

        resolver.Resolve(files.Mounts.Root, "/host/proc/self/root", true).Error
            .ShouldBe(Errno.EACCES);
        resolver.Resolve(files.Mounts.Root, "/host/sys/kernel", true).Error
            .ShouldBe(Errno.EACCES);
        resolver.Resolve(files.Mounts.Root, "/host/usr", true).Target.ShouldNotBeNull();
    }
}
