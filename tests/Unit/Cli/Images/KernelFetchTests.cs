using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>`dilaton images` without --kernel, with tools that play apt and dpkg.</summary>
public sealed class KernelFetchTests : IDisposable
{
    private const string Package = "linux-image-6.1.0-56-amd64";
    private const string Depends = $"printf 'linux-image-amd64\\n  Depends: {Package}\\n'";
    private const string Download = "test \"$1 $2 $3\" = 'download -qq " + Package + "' && echo kernel >image.deb";

    private readonly string _folder = Directory.CreateTempSubdirectory("dilaton-fetch-").FullName;
    private readonly string _cache;
    private readonly string _tools;

    public KernelFetchTests()
    {
        _cache = Path.Combine(_folder, "kernels");
        _tools = Directory.CreateDirectory(Path.Combine(_folder, "tools")).FullName;
        Tool("apt-cache", $"test \"$2\" = linux-image-amd64 || exit 100; {Depends}");
        Tool("apt-get", Download);
        Tool("dpkg", Unpack("$3"));
    }

    private string Made => Path.Combine(_cache, Package);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void TheNewestKernel_IsFetchedAndUnpacked_Once()
    {
        KernelPackage package = KernelPackage.Fetch(_cache, Tools);
        package.Image.ShouldBe(Path.Combine(Made, "boot", "vmlinuz-6.1.0-56-amd64"));
        File.ReadAllText(package.Image).ShouldBe("kernel\n");
        File.Exists(Path.Combine(Made, "image.deb")).ShouldBeFalse();
        Tool("apt-get", "exit 1");
        KernelPackage.Fetch(_cache, Tools).ShouldBe(package);
        Folders().ShouldBe([Made]);
    }

    [Theory]
    [InlineData("apt-cache", "echo 'E: No packages found' >&2; exit 100", "apt has no package", "No packages found")]
    [InlineData("apt-get", "echo 'E: no route' >&2; exit 100", "apt-get could not fetch", "no route")]
    [InlineData("dpkg", "echo 'not an archive' >&2; exit 2", "dpkg could not unpack", "not an archive")]
    [InlineData("dpkg", "true", "has no kernel", "boot/vmlinuz-VERSION")]
    public void AToolThatFails_IsTold_AndLeavesNothingHalfMade(string tool, string does, string what, string why)
    {
        Tool(tool, does);
        string message = Should.Throw<ImagesException>(() => KernelPackage.Fetch(_cache, Tools)).Message;
        message.ShouldContain(what);
        message.ShouldContain(why);
        Folders().ShouldBeEmpty();
    }

    /// <summary>Another run is done with it while this one's dpkg works.</summary>
    [Fact]
    public void OfTwoAtOnce_BothHaveIt()
    {
        Tool("dpkg", $"{Unpack("$3")} && {Unpack(Made)}");
        KernelPackage.Fetch(_cache, Tools).Image.ShouldStartWith(Made);
        Folders().ShouldBe([Made]);
    }

    /// <summary>Ours come first, and those of the system are for what they need.</summary>
    private string Tools => $"{_tools}:/usr/bin:/bin";

    private string[] Folders() => Directory.Exists(_cache) ? Directory.GetDirectories(_cache) : [];

    private static string Unpack(string to) =>
        $"mkdir -p {to}/boot {to}/lib/modules/6.1.0-56-amd64/kernel && cp \"$2\" {to}/boot/vmlinuz-6.1.0-56-amd64";

    private void Tool(string name, string does)
    {
        string path = Path.Combine(_tools, name);
        File.WriteAllText(path, $"#!/bin/sh\n{does}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
    }
}
