using Dilaton.Machine;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Machine;

/// <summary>Disks in files.</summary>
public sealed class DiskOverlayTests : IDisposable
{
    private const int SizeBytes = 5 * 4096 + 512;

    private readonly string _folder = Directory.CreateTempSubdirectory("dilaton-disk-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AnOverlay_IsAsADiskInMemory_AndTheImageStaysAsItIs()
    {
        byte[] image = new byte[SizeBytes];
        new Random(5).NextBytes(image);
        File.WriteAllBytes(Image, image);
        Gen<(int, int, bool)> step =
            from begin in Gen.Choose(0, SizeBytes)
            from end in Gen.Choose(0, SizeBytes)
            from isWrite in Gen.Elements(true, false)
            select (Math.Min(begin, end), Math.Max(begin, end), isWrite);
        Prop.ForAll(Gen.ArrayOf(step).ToArbitrary(), steps => Agrees(image, steps)).CheckSeeded();
        File.ReadAllBytes(Image).ShouldBe(image);
    }

    [Fact]
    public void AnImage_EndsInAWholeSector_WithZeros()
    {
        File.WriteAllBytes(Image, [1, 2, 3]);
        using DiskImage image = new(Image);
        image.SizeBytes.ShouldBe(512u);
        byte[] bytes = new byte[512];
        Array.Fill(bytes, (byte)9);
        image.Read(0, bytes);
        bytes[..4].ShouldBe([1, 2, 3, 0]);
        bytes[^1].ShouldBe((byte)0);
        using DiskOverlay overlay = new(new DiskImage(Image), Changes);
        overlay.Write(4, [5]);
        overlay.Read(0, bytes);
        bytes[..6].ShouldBe([1, 2, 3, 0, 5, 0]);
    }

    [Fact]
    public void AnEmptyFile_IsNoImage()
    {
        File.WriteAllBytes(Image, []);
        Should.Throw<ImageException>(() => new DiskImage(Image)).Message.ShouldContain("has 0 bytes");
    }

    [Fact]
    public void AWriteThatFails_LeavesWhatIsBeneath()
    {
        TestDisk beneath = new(8192);
        beneath.Bytes.AsSpan().Fill(7);
        using DiskOverlay overlay = new(beneath, Changes);
        beneath.Failure = "the host's disk is broken";
        Should.Throw<IOException>(() => overlay.Write(100, new byte[1]));
        beneath.Failure = null;
        byte[] bytes = new byte[4096];
        overlay.Read(0, bytes);
        bytes.ShouldAllBe(value => value == 7);
    }

    /// <summary>/dev/full answers every write as a full disk does.</summary>
    [Fact]
    public void AFullHostDisk_TakesNoWrite_AndWhatWasThereStays()
    {
        TestDisk beneath = new(16384);
        beneath.Bytes.AsSpan().Fill(7);
        using DiskOverlay overlay = new(beneath, "/dev/full");
        foreach ((ulong at, int count) in new[] { (0UL, 4096), (4096UL, 8192), (100UL, 5) })
        {
            Should.Throw<IOException>(() => overlay.Write(at, new byte[count])).Message.ShouldContain("No space left");
        }

        byte[] bytes = new byte[16384];
        overlay.Read(0, bytes);
        bytes.ShouldAllBe(value => value == 7);
    }

    private string Image => Path.Combine(_folder, "image");

    private string Changes => Path.Combine(_folder, "disk0.overlay");

    private void Agrees(byte[] image, (int Begin, int End, bool IsWrite)[] steps)
    {
        byte[] memory = [.. image];
        using DiskOverlay overlay = new(new DiskImage(Image), Changes);
        byte mark = 0;
        foreach ((int begin, int end, bool isWrite) in steps)
        {
            byte[] bytes = new byte[end - begin];
            if (isWrite)
            {
                Array.Fill(bytes, ++mark);
                overlay.Write((ulong)begin, bytes);
                bytes.CopyTo(memory, begin);
            }
            else
            {
                overlay.Read((ulong)begin, bytes);
                bytes.AsSpan().SequenceEqual(memory.AsSpan(begin, bytes.Length)).ShouldBeTrue();
            }
        }

        byte[] all = new byte[SizeBytes];
        overlay.Read(0, all);
        all.AsSpan().SequenceEqual(memory).ShouldBeTrue();
    }
}
