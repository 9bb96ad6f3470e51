using Dilaton.Core;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest;

[Collection(GuestWindow.Name)]
public sealed class ProgramLoaderTests
{
    private const int HostileCases = 3000;

    [Fact]
    public void Load_NamesAMissingProgram() =>
        Refusal([]).ShouldBe("/bin/p: can't be opened: No such file or directory (errno 2)");

    [Fact]
    public void Load_NamesAMissingInterpreter()
    {
        byte[] program = Dynamic("/lib/none.so");
        Refusal(new FakeFiles { ["/bin/p"] = program }).ShouldBe(
            "/bin/p: its interpreter /lib/none.so can't be opened: "
            + "No such file or directory (errno 2)");
    }

    [Fact]
    public void Load_NamesTheInterpreterThatIsNoElf()
    {
        byte[] program = Dynamic("/lib/ld.so");
        Refusal(new FakeFiles { ["/bin/p"] = program, ["/lib/ld.so"] = new byte[100] })
            .ShouldBe("/lib/ld.so: not an ELF file");
    }

    [Fact]
    public void Load_RefusesAnImageInTheEnginesRange() =>
        Refusal(new FakeFiles
        {
            ["/bin/p"] = new ElfBuilder { Entry = 0x7000_0000 }
                .Add(ElfBuilder.Load, 5, 0, 0x7000_0000, 0x1000, 0x1000).Build(),
        }).ShouldContain("lies outside");

    [Fact]
    public void Load_RefusesAnImageLargerThanTheGrantedMemory() =>
        Refusal(new FakeFiles
        {
            ["/bin/p"] = new ElfBuilder()
                .Add(ElfBuilder.Load, 5, 0, 0x40_0000, 0x1000, 0x1000)
                .Add(ElfBuilder.Load, 6, 0x1000, 0x40_1000, 0, 0x100_0000).Build(),
        }).ShouldContain("granted memory");

    [Fact]
    public void Load_PutsEachKindWhereTheLayoutSays()
    {
        ElfBuilder shared = new ElfBuilder { Type = 3, Entry = 0x100 }
            .Add(ElfBuilder.Load, 5, 0, 0, 0x1000, 0x1000);
        byte[] library = shared.Build();
        byte[] program = Dynamic("/lib/ld.so", isShared: true);
        using var space = Space();
        LoadedProgram loaded = new ProgramLoader(
            space, new FakeFiles { ["/bin/p"] = program, ["/lib/ld.so"] = library })
            .Load("/bin/p");

        loaded.Image.Bias.ShouldBe(GuestLayout.PositionIndependentImage);
        loaded.Interpreter!.Bias.ShouldBe(GuestLayout.ModulesStart);
        loaded.Start.ShouldBe(GuestLayout.ModulesStart + 0x100);
        space.SetHeapEnd(0).ShouldBe(loaded.Image.End);
    }

    [Fact]
    public void Load_ZeroesWhatLiesBehindTheFilePart()
    {
        byte[] program = ElfBuilder.Program().Build();
        program.AsSpan(0x1000).Fill(0xee);
        using var space = Space();
        new ProgramLoader(space, new FakeFiles { ["/bin/p"] = program }).Load("/bin/p");

        space.Bytes(0x40_1000, 0x800).IndexOfAnyExcept((byte)0xee).ShouldBe(-1);
        space.Bytes(0x40_1800, 0x2800).IndexOfAnyExcept((byte)0).ShouldBe(-1);
        space.Accessible(0x40_0000, 1, GuestProtection.Write).ShouldBe(0UL);
    }

    [Fact]
    public void Load_OfHostileFilesThrowsOnlyGuestLoadException()
    {
        const ulong Seed = 72;
        var random = new SeededRandom(Seed);
        byte[] good = Dynamic("/lib/ld.so");
        byte[] library = new ElfBuilder { Type = 3, Entry = 0x100 }
            .Add(ElfBuilder.Load, 5, 0, 0, 0x1000, 0x1000)
            .Add(ElfBuilder.Load, 6, 0x1000, 0x1000, 0x800, 0x3000).Build();
        int loaded = 0;
        for (int i = 0; i < HostileCases; i++)
        {
            var files = new FakeFiles
            {
                ["/bin/p"] = i % 2 == 0 ? Mutate(good, random) : good,
                ["/lib/ld.so"] = i % 2 == 0 ? library : Mutate(library, random),
            };
            using AddressSpace space = Space();
            try
            {
                LoadedProgram program = new ProgramLoader(space, files).Load("/bin/p");
                space.Accessible(program.Start, 1, GuestProtection.Execute)
                    .ShouldBe(1UL, $"seed {Seed} case {i}");
                loaded++;
            }
            catch (GuestLoadException)
            {
                // The one way to refuse.
            }
        }

        loaded.ShouldBeInRange(1, HostileCases - 1);
    }

    private static byte[] Mutate(byte[] good, SeededRandom random)
    {
        byte[] file = (byte[])good.Clone();
        for (int i = 0; i < 3; i++)
        {
            int at = (int)(random.Next() % (64 + (2 * 56)));
            file[at] = random.Next() % 2 == 0 ? (byte)random.Next() : (byte)0xff;
        }

        return file;
    }

    private static AddressSpace Space() => new(new AddressSpaceOptions
    {
        LimitBytes = 10 << 20,
        Addressing = MemoryAddressing.FirstTouch,
    });

    private static byte[] Dynamic(string interpreter, bool isShared = false)
    {
        ulong at = isShared ? 0UL : 0x40_0000UL;
        byte[] program = new ElfBuilder
        {
            Type = (ushort)(isShared ? 3 : 2),
            Entry = at + 0x100,
        }
            .Add(ElfBuilder.Load, 5, 0, at, 0x1000, 0x1000)
            .Add(ElfBuilder.Interpreter, 4, 0x800, at + 0x800, 32, 32)
            .Build();
        System.Text.Encoding.UTF8.GetBytes(interpreter, program.AsSpan(0x800));
        return program;
    }

    private static string Refusal(FakeFiles files)
    {
        using AddressSpace space = Space();
        return Should.Throw<GuestLoadException>(
            () => new ProgramLoader(space, files).Load("/bin/p")).Message;
    }
}
