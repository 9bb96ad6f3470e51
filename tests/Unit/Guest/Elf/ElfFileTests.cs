using System.Buffers.Binary;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest;

public sealed class ElfFileTests
{
    private const int MutatedCases = 20_000;

    [Fact]
    public void Parse_ReadsSegmentsEntryAndTableAddress()
    {
        ElfFile elf = ElfFile.Parse(ElfBuilder.Program().Build());

        elf.Header.IsPositionIndependent.ShouldBeFalse();
        elf.Header.Entry.ShouldBe(0x40_0100UL);
        elf.Segments.Count.ShouldBe(2);
        elf.Segments[1].ShouldBe(new ElfSegment(
            0x1000, 0x800, 0x40_1000, 0x3000, GuestProtection.Read | GuestProtection.Write));
        elf.ImageStart.ShouldBe(0x40_0000UL);
        elf.ImageEnd.ShouldBe(0x40_4000UL);
        elf.ProgramHeadersAddress.ShouldBe(0x40_0040UL);
        elf.InterpreterRange.Length.ShouldBe(0);
    }

    [Fact]
    public void Parse_ReadsTheHostsOwnShell()
    {
        ElfFile elf = ElfFile.Parse(File.ReadAllBytes("/bin/sh"));

        elf.Segments.Count.ShouldBeGreaterThan(1);
        elf.InterpreterRange.Length.ShouldBeGreaterThan(8);
    }

    [Theory]
    [InlineData("", "not an ELF file")]
    [InlineData("#!/bin/sh\n", "script")]
    [InlineData("hello, world, this is text", "not an ELF file")]
    [InlineData("\u007fELF", "header is truncated")]
    public void Parse_RefusesWhatIsNoElf(string text, string why) =>
        Refusal(System.Text.Encoding.Latin1.GetBytes(text)).ShouldContain(why);

    [Theory]
    [InlineData(4, 1, "32-bit")]
    [InlineData(4, 9, "class 9")]
    [InlineData(5, 2, "big-endian")]
    [InlineData(6, 7, "version")]
    [InlineData(16, 1, "type 1")]
    [InlineData(18, 183, "machine 183")]
    [InlineData(54, 32, "program headers of 32 bytes")]
    [InlineData(56, 0, "0 program headers")]
    [InlineData(25, 0xff, "entry point")]
    public void Parse_NamesTheWrongField(int offset, byte value, string why)
    {
        byte[] file = ElfBuilder.Program().Build();
        file[offset] = value;
        Refusal(file).ShouldContain(why);
    }

    [Fact]
    public void Parse_RefusesSegmentsThatOverlap() =>
        Refusal(ElfBuilder.Program()
            .Add(ElfBuilder.Load, 6, 0x1000, 0x40_2000, 0x100, 0x100).Build())
            .ShouldContain("overlaps");

    [Fact]
    public void Parse_RefusesASegmentBehindTheFile() =>
        Refusal(new ElfBuilder { FileBytes = 0x800 }
            .Add(ElfBuilder.Load, 5, 0, 0x40_0000, 0x1000, 0x1000).Build())
            .ShouldContain("truncated");

    [Theory]
    [InlineData(ulong.MaxValue, 0x1000UL)]
    [InlineData(0UL, ulong.MaxValue)]
    public void Parse_RefusesAddressesThatOverflow(ulong address, ulong size) =>
        Should.Throw<ElfException>(() => ElfFile.Parse(new ElfBuilder { Entry = address }
            .Add(ElfBuilder.Load, 5, address & 0xfff, address, 0, size).Build()));

    [Fact]
    public void Parse_RefusesAMisalignedSegment() =>
        Refusal(new ElfBuilder()
            .Add(ElfBuilder.Load, 5, 8, 0x40_0000, 0x1000, 0x1000).Build())
            .ShouldContain("misaligned");

    [Fact]
    public void Parse_RefusesAHugeInterpreterPath() =>
        Refusal(ElfBuilder.Program().Add(ElfBuilder.Interpreter, 4, 0, 0, 1UL << 40, 0).Build())
            .ShouldContain("interpreter path");

    [Fact]
    public void ParseInterpreter_NeedsATerminatedPath()
    {
        ElfFile.ParseInterpreter("/lib/ld.so\0"u8).ShouldBe("/lib/ld.so");
        Should.Throw<ElfException>(() => ElfFile.ParseInterpreter("/lib/ld.so"u8));
        Should.Throw<ElfException>(() => ElfFile.ParseInterpreter("\0"u8));
    }

    [Fact]
    public void Parse_OfMutatedHeadersThrowsOnlyElfException()
    {
        const ulong Seed = 71;
        var random = new SeededRandom(Seed);
        byte[] good = ElfBuilder.Program()
            .Add(ElfBuilder.Interpreter, 4, 0x800, 0x40_0800, 16, 16).Build();
        int accepted = 0;
        for (int i = 0; i < MutatedCases; i++)
        {
            byte[] file = Mutate(good, random);
            try
            {
                ElfFile elf = ElfFile.Parse(file);
                elf.ImageEnd.ShouldBeGreaterThan(elf.ImageStart, $"seed {Seed} case {i}");
                (elf.ImageEnd - elf.ImageStart).ShouldBeLessThanOrEqualTo(ElfFile.ImageBytesMax);
                accepted++;
            }
            catch (ElfException)
            {
                // The one way to refuse.
            }
        }

        accepted.ShouldBeInRange(1, MutatedCases - 1);
    }

    private static byte[] Mutate(byte[] good, SeededRandom random)
    {
        byte[] file = (byte[])good.Clone();
        int changes = 1 + (int)(random.Next() % 4);
        for (int i = 0; i < changes; i++)
        {
            int at = (int)(random.Next() % (64 + (4 * 56)));
            switch (random.Next() % 3)
            {
                case 0:
                    file[at] = (byte)random.Next();
                    break;
                case 1:
                    BinaryPrimitives.WriteUInt64LittleEndian(
                        file.AsSpan(at), ulong.MaxValue >> (int)(random.Next() % 64));
                    break;
                default:
                    file = file[..Math.Max(1, (int)(random.Next() % (ulong)file.Length))];
                    if (file.Length < 0x200)
                    {
                        return file;
                    }

                    break;
            }
        }

        return file;
    }

    private static string Refusal(byte[] file) =>
        Should.Throw<ElfException>(() => ElfFile.Parse(file)).Message;
}
