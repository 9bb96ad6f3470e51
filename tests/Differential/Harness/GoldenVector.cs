using System.Globalization;
using System.Text;
using Dilaton.Core;
using Iced.Intel;

namespace Dilaton.Tests.Differential;

/// <summary>A case with its known outcome, as text:
/// <code>
/// case Add_rm64_r64/BaseDisp8/2
/// code 400123 48014310          add [rbx+10h],rax
/// in   rax=5 rbx=800400 rflags=202
/// mem  800410=0102030405060708
/// out  rip=400127 vector=3 rflags=206
/// mem' 800410=0602030405060708
/// </code>
/// What "in" does not name is <see cref="Blank"/>; what "out" does not name is as before. Vector
/// registers are ymmN=high:low; st registers st0..st7 as the FXSAVE area orders them.</summary>
internal sealed class GoldenVector
{
    private static readonly string[] s_names =
    [
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
        "r13", "r14", "r15", "rip", "rflags", "fs_base", "gs_base",
    ];

    public required TestCase Test { get; init; }

    public required CpuState End { get; init; }

    public required byte[] EndImage { get; init; }

    public required int Vector { get; init; }

    /// <summary>Flags that the architecture leaves undefined, so that another maker's processor
    /// may differ.</summary>
    public ulong UndefinedFlags { get; init; }

    public static TestCase Blank(string name)
    {
        TestCase test = new() { Name = name };
        test.Memory(TestLayout.Code.Start, TestLayout.Code.SizeBytes).Fill(0xCC);
        CpuState begin = test.Begin;
        for (int i = 0; i < 16; i++)
        {
            begin.Words[i] = 0x1111_1111_1111_1111 * (ulong)i;
        }

        begin.Registers.Rsp = TestLayout.Stack.Start + 0x1000;
        begin.Registers.Rip = TestLayout.Code.Start;
        begin.Registers.Rflags = CpuState.FixedFlags;
        begin.Registers.FsBase = TestLayout.Low.Start + 0x800;
        begin.Registers.GsBase = TestLayout.High.Start + 0x800;
        begin.Extended[0] = 0x7F;
        begin.Extended[1] = 0x03;
        begin.Extended[ExtendedState.MxcsrOffset] = 0x80;
        begin.Extended[ExtendedState.MxcsrOffset + 1] = 0x1F;
        return test;
    }

    public string Write()
    {
        TestCase blank = Blank("");
        StringBuilder text = new($"case {Test.Name}\n");
        ulong rip = Test.Begin.Rip;
        Instruction instruction = TestCase.Decode(Test.Image, rip);
        while (instruction.Code != Code.Int3)
        {
            string bytes = Convert.ToHexStringLower(Test.Memory(rip, instruction.Length));
            text.Append($"code {rip:x} {bytes,-24} {instruction}\n");
            rip = instruction.NextIP;
            instruction = TestCase.Decode(Test.Image, rip);
        }

        text.Append("in  ").Append(States(blank.Begin, Test.Begin)).Append('\n');
        int codeBytes = TestLayout.Code.SizeBytes;
        text.Append(Memory("mem ", blank.Image, Test.Image, codeBytes));
        text.Append($"out  rip={End.Rip:x} vector={Vector}{States(Test.Begin, End)}\n");
        text.Append(Memory("mem'", Test.Image, EndImage, 0));
        return text.ToString();
    }

    public static IEnumerable<GoldenVector> Read(string path)
    {
        List<string> lines = [];
        foreach (string line in File.ReadLines(path))
        {
            if (line.StartsWith("case ", StringComparison.Ordinal) && lines.Count > 0)
            {
                yield return Parse(lines);
                lines.Clear();
            }

            if (line.Length > 0 && line[0] != '#')
            {
                lines.Add(line);
            }
        }

        if (lines.Count > 0)
        {
            yield return Parse(lines);
        }
    }

    private static string States(CpuState from, CpuState to)
    {
        StringBuilder text = new();
        for (int i = 0; i < s_names.Length; i++)
        {
            ulong mask = i == 17 ? CpuState.FlagsMask | CpuState.FixedFlags : ulong.MaxValue;
            if (((from.Words[i] ^ to.Words[i]) & mask) != 0 && s_names[i] != "rip")
            {
                text.Append($" {s_names[i]}={to.Words[i] & mask:x}");
            }
        }

        foreach ((string name, int offset, int length) in ExtendedFields())
        {
            ReadOnlySpan<byte> value = to.Extended.AsSpan(offset, length);
            if (!from.Extended.AsSpan(offset, length).SequenceEqual(value))
            {
                byte[] bytes = value.ToArray();
                Array.Reverse(bytes);
                text.Append($" {name}={Convert.ToHexStringLower(bytes)}");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<(string Name, int Offset, int Length)> ExtendedFields()
    {
        yield return ("fcw", 0, 2);
        yield return ("fsw", 2, 2);
        yield return ("ftw", 4, 1);
        yield return ("mxcsr", ExtendedState.MxcsrOffset, 4);
        for (int i = 0; i < 8; i++)
        {
            yield return ($"st{i}", 32 + (16 * i), 10);
        }

        for (int i = 0; i < 16; i++)
        {
            yield return ($"xmm{i}", ExtendedState.XmmOffset + (16 * i), 16);
            yield return ($"ymmh{i}", ExtendedState.YmmHighOffset + (16 * i), 16);
        }
    }

    private static string Memory(string label, byte[] from, byte[] to, int start)
    {
        StringBuilder text = new();
        for (int i = start; i < to.Length; i++)
        {
            if (from[i] == to[i])
            {
                continue;
            }

            int end = i + 1;
            for (int j = end; j < to.Length && j < end + 8; j++)
            {
                if (from[j] != to[j])
                {
                    end = j + 1;
                }
            }

            string bytes = Convert.ToHexStringLower(to.AsSpan(i, end - i));
            text.Append($"{label} {TestLayout.AddressOf(i):x}={bytes}\n");
            i = end;
        }

        return text.ToString();
    }

    private static GoldenVector Parse(List<string> lines)
    {
        TestCase test = Blank(lines[0]["case ".Length..]);
        CpuState? end = null;
        byte[]? endImage = null;
        int vector = 0;
        ulong undefined = 0;
        bool isFirst = true;
        foreach (string line in lines.Skip(1))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words[0])
            {
                case "code":
                    ulong rip = Hex(words[1]);
                    byte[] bytes = Convert.FromHexString(words[2]);
                    bytes.CopyTo(test.Memory(rip, bytes.Length));
                    test.Begin.Registers.Rip = isFirst ? rip : test.Begin.Rip;
                    isFirst = false;
                    undefined |= (ulong)TestCase.Decode(test.Image, rip).RflagsUndefined;
                    break;
                case "in":
                    ApplyFields(test.Begin, words.Skip(1));
                    break;
                case "mem":
                    ApplyMemory(test.Image, words[1]);
                    break;
                case "out":
                    end = test.Begin.Clone();
                    endImage = [.. test.Image];
                    vector = int.Parse(words[2]["vector=".Length..], CultureInfo.InvariantCulture);
                    end.Registers.Rip = Hex(words[1]["rip=".Length..]);
                    ApplyFields(end, words.Skip(3));
                    break;
                case "mem'":
                    ApplyMemory(endImage!, words[1]);
                    break;
                default:
                    throw new InvalidDataException(line);
            }
        }

        return new GoldenVector
        {
            Test = test,
            End = end ?? throw new InvalidDataException($"{test.Name}: no out line"),
            EndImage = endImage!,
            Vector = vector,
            UndefinedFlags = FlagBits(undefined),
        };
    }

    private static ulong Hex(string text) =>
        ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static void ApplyFields(CpuState state, IEnumerable<string> fields)
    {
        foreach (string field in fields)
        {
            string[] parts = field.Split('=');
            int word = Array.IndexOf(s_names, parts[0]);
            if (word >= 0)
            {
                state.Words[word] = Hex(parts[1]);
                continue;
            }

            (_, int offset, int length) = ExtendedFields().First(f => f.Name == parts[0]);
            byte[] bytes = Convert.FromHexString(parts[1]);
            Array.Reverse(bytes);
            bytes.AsSpan(0, length).CopyTo(state.Extended.AsSpan(offset));
        }
    }

    private static void ApplyMemory(byte[] image, string field)
    {
        string[] parts = field.Split('=');
        byte[] bytes = Convert.FromHexString(parts[1]);
        bytes.CopyTo(image, TestLayout.OffsetOf(Hex(parts[0])));
    }

    /// <summary>Iced's flag names as bits of rflags.</summary>
    public static ulong FlagBits(ulong icedBits)
    {
        ReadOnlySpan<(RflagsBits Bit, ulong Mask)> map =
        [
            (RflagsBits.OF, 0x800), (RflagsBits.SF, 0x80), (RflagsBits.ZF, 0x40),
            (RflagsBits.AF, 0x10), (RflagsBits.CF, 1), (RflagsBits.PF, 4),
        ];
        ulong mask = 0;
        foreach ((RflagsBits bit, ulong flag) in map)
        {
            mask |= (icedBits & (ulong)bit) != 0 ? flag : 0;
        }

        return mask;
    }
}
