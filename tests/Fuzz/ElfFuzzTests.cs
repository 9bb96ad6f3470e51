using System.Buffers.Binary;
using Dilaton.Guest;
using Dilaton.Tests.Differential;
using SeededRandom = Dilaton.Tests.Differential.SeededRandom;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Dilaton.Tests.Fuzz;

/// <summary>Damaged ELF files are refused with <see cref="ElfException"/>, and what is accepted
/// keeps the promises of <see cref="ElfFile"/>.</summary>
public sealed class ElfFuzzTests(ITestOutputHelper output)
{
    private const int CasesQuick = 20_000;
    private const int CasesSoak = 2_000_000;
    private const int HeaderBytes = 64;
    private const int FileBytes = 0x3000;

    private static readonly ulong[] s_evil =
    [
        0, 1, 0x7F, 0xFF, 0xFFF, 0x1000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
        0x5FFF_FFFF, 0x6000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, ulong.MaxValue,
        ulong.MaxValue - 0xFFF,
    ];

    [Fact]
    public void DamagedFiles_AreRefusedOrSound()
    {
        SeededRandom random = new(TestSettings.Seed);
        output.WriteLine($"seed {TestSettings.Seed}");
        int cases = TestSettings.IsSoak ? CasesSoak : CasesQuick;
        int accepted = 0;
        for (int i = 0; i < cases; i++)
        {
            byte[] file = Damage(Valid(), random);
            try
            {
                RequireSound(ElfFile.Parse(file), file.Length);
                accepted++;
            }
            catch (ElfException e)
            {
                e.Message.ShouldNotBeNullOrEmpty();
            }
        }

        accepted.ShouldBeGreaterThan(cases / 100);
        accepted.ShouldBeLessThan(cases);
    }

    [Fact]
    public void RandomBytes_AreRefused()
    {
        SeededRandom random = new(TestSettings.Seed + 1);
        for (int i = 0; i < 2000; i++)
        {
            byte[] file = new byte[random.Below(300)];
            random.Fill(file);
            if (random.OneIn(2) && file.Length >= HeaderBytes)
            {
                Valid().AsSpan(0, 20).CopyTo(file);
            }

            Should.Throw<ElfException>(() => ElfFile.Parse(file));
        }
    }

    [Fact]
    public void TheUndamagedFile_IsAccepted() => RequireSound(ElfFile.Parse(Valid()), FileBytes);

    private static void RequireSound(ElfFile elf, int fileBytes)
    {
        elf.Segments.ShouldNotBeEmpty();
        ulong end = 0;
        foreach (ElfSegment segment in elf.Segments)
        {
            (segment.FileOffset + segment.FileBytes).ShouldBeLessThanOrEqualTo((ulong)fileBytes);
            segment.FileOffset.ShouldBeLessThanOrEqualTo((ulong)fileBytes);
            segment.Address.ShouldBeGreaterThanOrEqualTo(end);
            segment.End.ShouldBeGreaterThan(segment.Address);
            end = segment.End;
        }

        (elf.ImageEnd - elf.ImageStart).ShouldBeLessThanOrEqualTo(ElfFile.ImageBytesMax);
        (ulong offset, int length) = elf.InterpreterRange;
        (offset + (ulong)length).ShouldBeLessThanOrEqualTo((ulong)fileBytes);
        length.ShouldBeInRange(0, ElfFile.InterpreterLengthMax);
    }

    private static byte[] Valid()
    {
        byte[] file = new byte[FileBytes];
        ReadOnlySpan<byte> identity = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identity.CopyTo(file);
        Write(file, 16, 2, 2); // ET_EXEC
        Write(file, 18, 62, 2); // EM_X86_64
        Write(file, 20, 1, 4);
        Write(file, 24, 0x40_1000, 8); // entry
        Write(file, 32, HeaderBytes, 8); // program headers
        Write(file, 52, HeaderBytes, 2);
        Write(file, 54, ElfFile.ProgramHeaderBytes, 2);
        Write(file, 56, 4, 2);
        Header(file, 0, 3, 4, 0x200, 0x40_0200, 0x10, 0x10); // PT_INTERP
        Header(file, 1, 1, 4, 0, 0x40_0000, 0x1000, 0x1000);
        Header(file, 2, 1, 5, 0x1000, 0x40_1000, 0x1000, 0x1000);
        Header(file, 3, 1, 6, 0x2000, 0x40_2000, 0x800, 0x4000);
        "/lib/ld.so"u8.CopyTo(file.AsSpan(0x200));
        return file;
    }

    private static void Header(
        byte[] file, int index, uint type, uint flags, ulong offset, ulong address,
        ulong fileBytes, ulong memoryBytes)
    {
        int at = HeaderBytes + (index * ElfFile.ProgramHeaderBytes);
        Write(file, at, type, 4);
        Write(file, at + 4, flags, 4);
        Write(file, at + 8, offset, 8);
        Write(file, at + 16, address, 8);
        Write(file, at + 24, address, 8);
        Write(file, at + 32, fileBytes, 8);
        Write(file, at + 40, memoryBytes, 8);
        Write(file, at + 48, 0x1000, 8);
    }

    private static void Write(byte[] file, int at, ulong value, int bytes)
    {
        Span<byte> buffer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, value);
        buffer[..bytes].CopyTo(file.AsSpan(at));
    }

    private static byte[] Damage(byte[] file, SeededRandom random)
    {
        int headers = HeaderBytes + (4 * ElfFile.ProgramHeaderBytes);
        int damages = 1 + random.Below(3);
        for (int i = 0; i < damages; i++)
        {
            switch (random.Below(4))
            {
                case 0:
                    file[random.Below(headers)] ^= (byte)(1 << random.Below(8));
                    break;
                case 1:
                    int at = random.Below((headers / 8) - 1) * 8;
                    Write(file, at, random.Pick<ulong>(s_evil), 8);
                    break;
                case 2:
                    int field = random.Below(headers - 8);
                    Write(file, field, random.Next() >> random.Below(64), 1 << random.Below(4));
                    break;
                default:
                    file = random.OneIn(8) ? file[..random.Below(file.Length)] : file;
                    break;
            }

            if (file.Length < headers)
            {
                break;
            }
        }

        return file;
    }
}
