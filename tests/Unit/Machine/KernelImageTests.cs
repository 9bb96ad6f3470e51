using Dilaton.Machine;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Machine;

public sealed class KernelImageTests
{
    private const ulong Memory = 64UL << 20;

    [Fact]
    public void AnElfImage_LiesAtItsPhysicalAddresses()
    {
        KernelImage image = KernelImage.Read(Images.Elf(), Memory);
        image.Entry.ShouldBe(Images.Base + 4);
        KernelSegment segment = image.Segments.ShouldHaveSingleItem();
        segment.Physical.ShouldBe(Images.Base);
        segment.MemoryBytes.ShouldBe(32u);
        segment.Bytes.Length.ShouldBe(16);
        segment.Bytes.Span[0].ShouldBe((byte)1);
        image.End.ShouldBe(Images.Base + 32);
    }

    [Fact]
    public void ABzImage_IsEnteredBehindItsSectors_WithTheRoomThatItAsksFor()
    {
        KernelImage image = KernelImage.Read(Images.BzImage(), Memory);
        image.Entry.ShouldBe(0x100_0200u);
        KernelSegment segment = image.Segments.ShouldHaveSingleItem();
        segment.Bytes.Length.ShouldBe(0x400);
        segment.Bytes.Span[0x200].ShouldBe((byte)0xf4);
        segment.MemoryBytes.ShouldBe(0x10_0000u);
        image.SetupHeader.Length.ShouldBe(0x202 + 0x6a - 0x1f1);
    }

    public static TheoryData<byte[], string> Bad => new()
    {
        { [], "neither an ELF file nor a Linux bzImage" },
        { "MZ and something"u8.ToArray(), "neither an ELF file nor a Linux bzImage" },
        { Images.Elf()[..40], "no ELF file for x86-64" },
        { Images.Elf()[..100], "program headers lie outside" },
        { Images.Elf()[..130], "a segment lies outside the file" },
        { Changed(Images.Elf(), 18, 3), "no ELF file for x86-64" },
        { Changed(Images.Elf(), 16, 3), "without fixed addresses" },
        { Images.Elf(entry: 5), "lies in none of its segments" },
        { Images.Elf(physical: 0x1000, entry: 0x1000), "images begin at 1 MiB" },
        { Images.Elf(memoryBytes: 8), "a segment lies outside the file" },
        { Images.Elf(memoryBytes: 1UL << 40), "give more with memory.size" },
        { Images.Elf(physical: ulong.MaxValue - 4, entry: ulong.MaxValue - 4), "a segment lies outside" },
        { Images.Elf(physical: 1UL << 62, entry: 1UL << 62), "give more with memory.size" },
        { Images.BzImage(initSize: 0x7fff_ffff), "give more with memory.size" },
        { Changed(Images.BzImage(), 0x206, 0x20b), "no 64-bit entry" },
        { Changed(Images.BzImage(), 0x236, 0), "no 64-bit entry" },
        { Images.BzImage()[..1200], "it is cut off" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void WhatIsNoKernel_IsRefusedWithTheReason(byte[] file, string why) =>
        Should.Throw<ImageException>(() => KernelImage.Read(file, Memory)).Message.ShouldContain(why);

    /// <summary>Any bytes: an image or a refusal, nothing else.</summary>
    [Fact]
    public void DamagedImages_AreImagesOrRefused()
    {
        var random = new Random(71);
        for (int i = 0; i < 2000; i++)
        {
            byte[] file = i % 2 == 0 ? Images.Elf() : Images.BzImage();
            for (int n = random.Next(1, 6); n > 0; n--)
            {
                file[random.Next(i % 2 == 0 ? 120 : 0x290)] = (byte)random.Next(256);
            }

            try
            {
                KernelImage image = KernelImage.Read(file, Memory);
                image.Segments.ShouldAllBe(s => s.Physical + s.MemoryBytes <= Memory
                    && (ulong)s.Bytes.Length <= s.MemoryBytes);
            }
            catch (ImageException)
            {
            }
        }
    }

    private static byte[] Changed(byte[] file, int at, ushort value)
    {
        Images.Put16(file, at, value);
        return file;
    }
}
