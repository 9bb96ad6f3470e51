using System.IO.Compression;
using System.Text;
using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>`dilaton images`, with a kernel that is none.</summary>
public sealed class GuestImagesTests : IDisposable
{
    private const byte Load = 1;
    private const byte Interpreter = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("dilaton-images-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Modules_ComeBehindWhatTheyNeed_AndWhatIsBuiltInIsLeftOut()
    {
        Kernel("1", builtin: "kernel/fs/ext4/ext4.ko\n");
        KernelPackage package = KernelPackage.In(_folder);
        IReadOnlyList<KernelModule> modules = GuestImages.ModulesOf(package.Modules);
        modules.Select(module => module.Name)
            .ShouldBe(["virtio_ring", "virtio", "virtio_mmio", "virtio_blk", "virtio_console"]);
        Encoding.ASCII.GetString(modules[3].Content).ShouldContain("name=virtio-blk", customMessage: "it is unpacked");
    }

    [Fact]
    public void TheNewestKernelWithModules_IsTaken()
    {
        Kernel("6.1.0-9", "");
        Kernel("6.1.0-56", "");
        File.WriteAllText(Path.Combine(_folder, "boot", "vmlinuz-6.1.0-100"), "without modules");
        KernelPackage.In(_folder).Image.ShouldEndWith("vmlinuz-6.1.0-56");
        Should.Throw<ImagesException>(() => KernelPackage.In(Path.Combine(_folder, "boot"))).Message
            .ShouldContain("has no kernel");
    }

    [Fact]
    public void AModuleThatIsNowhere_IsNamed()
    {
        Kernel("1", "");
        File.Delete(Path.Combine(_folder, "lib/modules/1/kernel/virtio_console.ko"));
        Should.Throw<ImagesException>(() => GuestImages.ModulesOf(Path.Combine(_folder, "lib/modules/1"))).Message
            .ShouldContain("no module virtio_console");
    }

    [Fact]
    public void TheSameFiles_AreMadeOnce_AndOthersElsewhere()
    {
        Kernel("1", "");
        KernelPackage package = KernelPackage.In(_folder);
        string images = Path.Combine(_folder, "images");
        string made = GuestImages.Prepare(images, package, Program(Load), null);
        DateTime at = File.GetLastWriteTimeUtc(Path.Combine(made, "initrd"));
        GuestImages.Prepare(images, package, Program(Load), null).ShouldBe(made);
        File.GetLastWriteTimeUtc(Path.Combine(made, "initrd")).ShouldBe(at);
        File.ReadAllText(Path.Combine(made, "vmlinuz")).ShouldBe("kernel 1");
        string script = Path.Combine(_folder, "script");
        File.WriteAllText(script, "echo hello\n");
        GuestImages.Prepare(images, package, Program(Load), script).ShouldNotBe(made);
        Directory.GetDirectories(images).Length.ShouldBe(2);
    }

    [Fact]
    public void Copies_ReplaceThoseThatAreThere()
    {
        Kernel("1", "");
        string made = GuestImages.Prepare(
            Path.Combine(_folder, "images"), KernelPackage.In(_folder), Program(Load), null);
        string to = Path.Combine(_folder, "linux");
        Directory.CreateDirectory(to);
        File.WriteAllText(Path.Combine(to, "initrd"), "old");
        GuestImages.CopyTo(made, to);
        Directory.GetFiles(to).Select(Path.GetFileName).Order().ShouldBe(["initrd", "vmlinuz"]);
        File.ReadAllBytes(Path.Combine(to, "initrd")).ShouldBe(File.ReadAllBytes(Path.Combine(made, "initrd")));
    }

    [Fact]
    public void ABusyboxThatNeedsLibraries_IsRefused()
    {
        Kernel("1", "");
        foreach (string path in new[] { Program(Interpreter), Path.Combine(_folder, "boot", "vmlinuz-1") })
        {
            Should.Throw<ImagesException>(() => GuestImages.Prepare(
                Path.Combine(_folder, "images"), KernelPackage.In(_folder), path, null)).Message
                .ShouldContain("is no static program");
        }
    }

    /// <summary>By the format's text: 13 fields of 8 hexadecimal digits, names and contents padded to 4.</summary>
    [Fact]
    public void AnArchive_IsAsTheFormatHasIt()
    {
        CpioWriter writer = new();
        writer.AddFolder("bin");
        writer.AddFile("bin/a", "hello"u8, isProgram: true);
        string text = Encoding.ASCII.GetString(writer.Finish());
        text.ShouldStartWith("070701" + "00000001" + "000041ED" + "0000000000000000" + "00000001" + "00000000"
            + "00000000" + "00000000000000000000000000000000" + "00000004" + "00000000" + "bin\0\0\0");
        text[116..].ShouldStartWith("070701" + "00000002" + "000081ED" + "0000000000000000" + "00000001" + "00000000"
            + "00000005" + "00000000000000000000000000000000" + "00000006" + "00000000" + "bin/a\0" + "hello\0\0\0");
        text.ShouldContain("TRAILER!!!\0");
        (text.Length % 4).ShouldBe(0);
    }

    /// <summary>An ELF file of one program header of that type.</summary>
    private string Program(byte type)
    {
        byte[] bytes = new byte[64 + 56];
        "\u007fELF\u0002"u8.CopyTo(bytes);
        bytes[32] = 64;
        bytes[56] = 1;
        bytes[64] = type;
        string path = Path.Combine(_folder, $"program{type}");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private void Kernel(string version, string builtin)
    {
        string modules = Path.Combine(_folder, "lib", "modules", version);
        string folder = Directory.CreateDirectory(Path.Combine(modules, "kernel")).FullName;
        Directory.CreateDirectory(Path.Combine(_folder, "boot"));
        File.WriteAllText(Path.Combine(_folder, "boot", $"vmlinuz-{version}"), $"kernel {version}");
        File.WriteAllText(Path.Combine(modules, "modules.builtin"), builtin);
        File.WriteAllText(Path.Combine(folder, "virtio_mmio.ko"), "x\0depends=virtio_ring,virtio\0y");
        File.WriteAllText(Path.Combine(folder, "virtio.ko"), "x\0depends=virtio-ring\0y");
        File.WriteAllText(Path.Combine(folder, "virtio_ring.ko"), "x\0depends=\0y");
        File.WriteAllText(Path.Combine(folder, "virtio_console.ko"), "x\0depends=virtio\0y");
        using GZipStream zipped = new(File.Create(Path.Combine(folder, "virtio_blk.ko.gz")), CompressionLevel.Fastest);
        zipped.Write("x\0depends=virtio\0name=virtio-blk"u8);
    }
}
