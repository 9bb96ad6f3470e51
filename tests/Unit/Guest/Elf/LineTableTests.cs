using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest;

/// <summary>DWARF's line tables, made byte by byte; `ProfileTests` compares those of a compiler with
/// addr2line.</summary>
public sealed class LineTableTests
{
    /// <summary>Line 10 at 0x1000, line 12 of the second file at 0x1004, end at 0x1010; and code that the
    /// linker dropped.</summary>
    private static readonly byte[] s_program =
    [
        0, 9, 2, 0x00, 0x10, 0, 0, 0, 0, 0, 0,  // set address 0x1000
        3, 9, 1,                                // line += 9, row
        4, 2, 0x4c,                             // file 2; address += 4, line += 2, row
        2, 12, 1,                               // address += 12, row: of no code
        0, 1, 1,                                // end of the sequence
        0, 9, 2, 0, 0, 0, 0, 0, 0, 0, 0,        // set address 0
        3, 0xe2, 0, 1, 2, 0xff, 0x7f, 0, 1, 1,  // line 99 for 16 KiB
    ];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void EveryVersion_GivesTheLineOfEachAddress(int version)
    {
        LineTable table = Parse(Unit(version));
        (string first, string second) = version == 5 ? ("a.c", "a.c") : ("a.c", "src/b.c");
        Find(table, 0xfff).ShouldBeNull();
        Find(table, 0x1000).ShouldBe(new CodeLine(first, 10));
        Find(table, 0x1003).ShouldBe(new CodeLine(first, 10));
        CodeLine? other = Find(table, 0x1004);
        other.ShouldBe(version == 5 ? new CodeLine("src/c.c", 12) : new CodeLine(second, 12));
        Find(table, 0x100f).ShouldBe(other);
        Find(table, 0x1010).ShouldBeNull();
        Find(table, 0).ShouldBeNull();
        Find(table, ulong.MaxValue).ShouldBeNull();
    }

    [Fact]
    public void UnitsFollowEachOther()
    {
        byte[] moved = Unit(4);
        int at = Array.LastIndexOf(moved, (byte)0x10, moved.Length - 24);
        moved[at].ShouldBe((byte)0x10);
        moved[at] = 0x20;
        LineTable table = Parse([.. Unit(5), .. moved]);
        Find(table, 0x1000).ShouldBe(new CodeLine("a.c", 10));
        Find(table, 0x2004).ShouldBe(new CodeLine("src/b.c", 12));
        Find(table, 0x1010).ShouldBeNull();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void ATableThatIsCut_OrOfAVersionNotKnown_SaysSo(int version)
    {
        byte[] whole = Unit(version);
        for (int length = 1; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            Should.Throw<DwarfException>(() => Parse(cut), $"{length} bytes");
        }

        byte[] later = Unit(version);
        later[4] = 6;
        Should.Throw<DwarfException>(() => Parse(later)).Message.ShouldContain("version 6");
    }

    /// <summary>Whatever the bytes are, there is a table or a <see cref="DwarfException"/>.</summary>
    [Fact]
    public void DamagedTables_EndInNothingElse()
    {
        ulong seed = 71;
        int told = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = Unit(4 + (i & 1));
            for (int k = 0; k <= (i & 3); k++)
            {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                bytes[(int)((seed >> 8) % (ulong)bytes.Length)] = (byte)seed;
            }

            try
            {
                Find(Parse(bytes), 0x1000);
            }
            catch (DwarfException)
            {
                told++;
            }
        }

        told.ShouldBeInRange(1_000, 19_999);
    }

    private static CodeLine? Find(LineTable table, ulong address) =>
        table.TryFind(address, out CodeLine line) ? line : null;

    private static LineTable Parse(byte[] section) => LineTable.Parse(section, "src\0b.c\0"u8, default);

    private static byte[] Unit(int version)
    {
        byte[] tables = version == 5
            ?
            [
                1, 1, 0x08, 2, 0, .. "src\0"u8,                     // directories: path, string: "", "src"
                2, 1, 0x08, 2, 0x0b, 3,                             // files: path, string; directory, byte
                .. "x.c\0"u8, 0, .. "a.c\0"u8, 0, .. "c.c\0"u8, 1,
            ]
            : [.. "src\0"u8, 0, .. "a.c\0"u8, 0, 0, 0, .. "b.c\0"u8, 1, 0, 0, 0];
        byte[] counts = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
        byte[] fields = version >= 4
            ? [1, 1, 1, 0xfb, 14, 13, .. counts]
            : [1, 1, 0xfb, 14, 13, .. counts];
        byte[] header = [.. fields, .. tables];
        byte[] body =
        [
            (byte)version, 0,
            .. version == 5 ? (byte[])[8, 0] : [],
            .. BitConverter.GetBytes(header.Length),
            .. header,
            .. s_program,
        ];
        return [.. BitConverter.GetBytes(body.Length), .. body];
    }
}
