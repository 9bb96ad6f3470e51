using System.Buffers.Binary;
using Iced.Intel;

namespace Dilaton.Tests.Differential;

/// <summary>One instruction per case: every encoding with every form of memory operand, in a
/// random state.</summary>
internal static class SystematicCases
{
    private const byte Int3 = 0xCC;
    private static readonly int[] s_favourites = [15, 4, 5, 12, 13, 0, 1, 2, 16, 18, 7, 6];
    private static readonly MemoryForm[] s_forms = Enum.GetValues<MemoryForm>();

    /// <summary>Variants of an encoding: each form once; forms without memory several times.
    /// </summary>
    public const int VariantsPerCode = 24;

    public static TestCase? TryMake(Code code, int variant, ulong seed)
    {
        MemoryForm form = variant < s_forms.Length ? s_forms[variant] : MemoryForm.None;
        SeededRandom random = new(
            seed ^ ((ulong)code * 0x9E37_79B9_7F4A_7C15) ^ ((ulong)variant << 48));
        TestCase test = NewCase($"{code}/{form}/{variant}", random);
        ulong fsBase = test.Begin.Registers.FsBase;
        ulong gsBase = test.Begin.Registers.GsBase;
        InstructionBuilder builder = new(random, fsBase, gsBase)
        {
            BranchTarget = Entry(random),
            FavouriteRegister = s_favourites[variant % s_favourites.Length],
        };
        ulong rip = test.Begin.Rip;
        if (Math.Abs((long)(builder.BranchTarget - rip)) < 0x20)
        {
            builder.BranchTarget = rip + 0x40;
        }

        if (code.ToOpCode() is { OpCount: > 0 } info
            && info.GetOpKind(0) == OpCodeOperandKind.br64_1)
        {
            builder.BranchTarget = rip + (ulong)(random.OneIn(2) ? -40 : 40);
        }

        BuiltInstruction? built = builder.TryBuild(code, form, rip);
        if (built is null)
        {
            return null;
        }

        Apply(test, built);
        return test;
    }

    public static TestCase NewCase(string name, SeededRandom random, bool codeIsWritable = false)
    {
        TestCase test = new() { Name = name, CodeIsWritable = codeIsWritable };
        random.Fill(test.Image);
        test.Memory(TestLayout.Code.Start, TestLayout.Code.SizeBytes).Fill(Int3);
        Span<byte> low = test.Memory(TestLayout.Low.Start, TestLayout.Low.SizeBytes);
        Values.Vector(random, low[..0x400]);
        for (int i = 0; i < low.Length; i += 32)
        {
            Values.Vector(random, low.Slice(i, 32));
        }

        CpuState begin = test.Begin;
        for (int i = 0; i < 16; i++)
        {
            begin.Words[i] = Values.Integer(random);
        }

        begin.Registers.Rsp = TestLayout.Stack.Start + 0x1000 + (ulong)(8 * random.Below(64));
        begin.Registers.Rip = Entry(random);
        begin.Registers.Rflags = (random.Next() & 0x8D5) | CpuState.FixedFlags
            | (random.OneIn(4) ? 0x400UL : 0);
        begin.Registers.FsBase = TestLayout.Low.Start + (ulong)(8 * random.Below(0x200));
        begin.Registers.GsBase = TestLayout.High.Start + (ulong)(8 * random.Below(0x200));
        Values.Extended(random, begin.Extended);
        return test;
    }

    public static void Apply(TestCase test, BuiltInstruction built)
    {
        ref readonly Instruction instruction = ref built.Instruction;
        ByteCollector bytes = new();
        Encoder.Create(64, bytes).Encode(instruction, instruction.IP);
        bytes.CopyTo(test.Memory(instruction.IP, instruction.Length));
        foreach ((int number, ulong value) in built.Registers)
        {
            test.Begin.Words[number] = value;
        }

        foreach ((int number, byte[] value) in built.Vectors)
        {
            value.AsSpan(0, 16).CopyTo(test.Begin.Xmm(number));
            value.AsSpan(16).CopyTo(test.Begin.YmmHigh(number));
        }

        Span<byte> buffer = stackalloc byte[8];
        foreach ((ulong address, ulong value, int count) in built.Memory)
        {
            if (TestLayout.IsMapped(address, count))
            {
                BinaryPrimitives.WriteUInt64LittleEndian(buffer, value);
                buffer[..count].CopyTo(test.Memory(address, count));
            }
        }
    }

    private static ulong Entry(SeededRandom random) => TestLayout.Code.Start + random.Below(4) switch
    {
        0 => 0x1000UL - (ulong)random.Below(16),
        1 => 0x200UL + (64 * (ulong)random.Below(64)) - (ulong)random.Below(16),
        _ => 0x100UL + (ulong)random.Below(0x3E00),
    };
}
