using System.Buffers.Binary;
using Iced.Intel;

namespace Dilaton.Tests.Differential;

/// <summary>Gives an instruction a memory operand of a form, and the registers that make it point
/// where the test wants it.</summary>
internal sealed class MemoryOperandBuilder(
    SeededRandom random, ulong fsBase, ulong gsBase, HashSet<int> reserved)
{
    private const int MarginBytes = 0x440;

    public bool TrySet(BuiltInstruction built, OpCodeInfo info, MemoryForm form, ulong rip)
    {
        ref Instruction instruction = ref built.Instruction;
        int operand = 0;
        while (OperandKinds.Classify(info.GetOpKind(operand))
            is not (OperandClass.Memory or OperandClass.RegisterOrMemory))
        {
            operand++;
        }

        OpCodeOperandKind kind = info.GetOpKind(operand);
        instruction.SetOpKind(operand, OpKind.Memory);
        built.Target = PickTarget(form);
        ulong segment = SetSegment(ref instruction, form);
        if (kind == OpCodeOperandKind.mem_offs)
        {
            instruction.MemoryDisplSize = 8;
            instruction.MemoryDisplacement64 = built.Target - segment;
            return true;
        }

        if (kind.ToString().StartsWith("mem_vsib", StringComparison.Ordinal))
        {
            return TrySetVectorIndex(built, kind, form, segment);
        }

        return form switch
        {
            MemoryForm.RipRelative => SetRipRelative(built, rip),
            MemoryForm.Absolute => SetAbsolute(built, segment),
            _ => TrySetRegisters(built, form, segment),
        };
    }

    private static bool SetRipRelative(BuiltInstruction built, ulong rip)
    {
        ref Instruction instruction = ref built.Instruction;
        _ = rip;
        instruction.MemoryBase = Register.RIP;
        instruction.MemoryDisplSize = 8;
        instruction.MemoryDisplacement64 = built.Target;
        return true;
    }

    private static bool SetAbsolute(BuiltInstruction built, ulong segment)
    {
        ref Instruction instruction = ref built.Instruction;
        instruction.MemoryDisplSize = 8;
        instruction.MemoryDisplacement64 = built.Target - segment;
        return (long)instruction.MemoryDisplacement64 == (int)instruction.MemoryDisplacement64;
    }

    private ulong PickTarget(MemoryForm form)
    {
        bool isLow = form is MemoryForm.RipRelative or MemoryForm.Absolute
            or MemoryForm.AddressSize32;
        MemoryRegion region = isLow || random.OneIn(2) ? TestLayout.Low
            : random.OneIn(4) ? TestLayout.Stack : TestLayout.High;
        ulong middle = region.Start + MarginBytes
            + (ulong)random.Below(region.SizeBytes - (2 * MarginBytes));
        return random.Below(32) switch
        {
            < 16 => middle & ~63UL,
            < 22 => middle,
            < 26 => (middle & ~63UL) + 64 - (ulong)random.Below(16),
            < 29 => region.Start + 0x1000 - (ulong)random.Below(16),
            29 => region.End - (ulong)random.Below(16),
            30 => TestLayout.ReadOnly.Start + (middle & 0x3C0),
            _ => middle & ~15UL,
        };
    }

    private ulong SetSegment(ref Instruction instruction, MemoryForm form)
    {
        bool isFs = form == MemoryForm.FsSegment || random.OneIn(24);
        bool isGs = form == MemoryForm.GsSegment || (!isFs && random.OneIn(24));
        if (form == MemoryForm.RipRelative || !(isFs || isGs))
        {
            if (random.OneIn(40))
            {
                instruction.SegmentPrefix =
                    random.Pick<Register>([Register.ES, Register.CS, Register.SS, Register.DS]);
            }

            return 0;
        }

        instruction.SegmentPrefix = isFs ? Register.FS : Register.GS;
        return isFs ? fsBase : gsBase;
    }

    private Register PickRegister(Register first, bool isIndex)
    {
        int number = random.Below(16);
        while (reserved.Contains(number) || (isIndex && number == 4))
        {
            number = random.Below(16);
        }

        return first + number;
    }

    private void Shape(ref Instruction instruction, MemoryForm form, out int displacement)
    {
        Register first = form == MemoryForm.AddressSize32 ? Register.EAX : Register.RAX;
        bool isAny = form is MemoryForm.AddressSize32 or MemoryForm.FsSegment
            or MemoryForm.GsSegment;
        bool hasIndex = form is MemoryForm.BaseIndex or MemoryForm.BaseIndexDisp
            or MemoryForm.IndexDisp or MemoryForm.R15Index || (isAny && random.OneIn(2))
            || (form >= MemoryForm.RspBase && random.OneIn(3));
        bool hasBase = form != MemoryForm.IndexDisp && !(isAny && hasIndex && random.OneIn(4));
        bool hasSmall = form is MemoryForm.BaseDisp8 || (isAny && random.OneIn(3));
        bool hasLarge = form is MemoryForm.BaseDisp32 or MemoryForm.BaseIndexDisp
            or MemoryForm.IndexDisp || (isAny && random.OneIn(3))
            || (form >= MemoryForm.RspBase && random.OneIn(3));
        displacement = hasSmall ? (sbyte)random.Next() : hasLarge ? (int)random.Next() >> 3 : 0;
        instruction.MemoryBase = !hasBase ? Register.None : form switch
        {
            MemoryForm.RspBase => Register.RSP,
            MemoryForm.R15Base => Register.R15,
            MemoryForm.RbpBase => Register.RBP,
            MemoryForm.R12Base => Register.R12,
            MemoryForm.R13Base => Register.R13,
            _ => PickRegister(first, isIndex: false),
        };
        instruction.MemoryIndex = !hasIndex ? Register.None
            : form == MemoryForm.R15Index ? Register.R15
            : PickRegister(first, isIndex: true);
        instruction.MemoryIndexScale = hasIndex ? 1 << random.Below(4) : 1;
        instruction.MemoryDisplSize = hasSmall ? 1 : hasLarge || !hasBase ? AddressBytes(form) : 0;
        instruction.MemoryDisplacement64 = form == MemoryForm.AddressSize32
            ? (uint)displacement
            : (ulong)displacement;
    }

    private static int AddressBytes(MemoryForm form) => form == MemoryForm.AddressSize32 ? 4 : 8;

    private bool TrySetRegisters(BuiltInstruction built, MemoryForm form, ulong segment)
    {
        ref Instruction instruction = ref built.Instruction;
        Shape(ref instruction, form, out int displacement);
        bool is32 = form == MemoryForm.AddressSize32;
        ulong wrap = is32 ? uint.MaxValue : ulong.MaxValue;
        ulong effective = built.Target - segment;
        if (effective > wrap)
        {
            return false;
        }

        ulong rest = (effective - (ulong)displacement) & wrap;
        ulong scale = (ulong)instruction.MemoryIndexScale;
        Register basis = instruction.MemoryBase;
        Register index = instruction.MemoryIndex;
        bool isSame = basis == index;
        if (basis == Register.None || index == Register.None || isSame)
        {
            ulong factor = (basis == Register.None ? 0UL : 1)
                + (index == Register.None ? 0 : scale);
            built.Target -= rest % factor;
            return built.TryNeed(
                basis == Register.None ? index : basis, Dirty(rest / factor, is32));
        }

        ulong indexValue = (ulong)(random.Below(128) - 64) & wrap;
        return built.TryNeed(index, Dirty(indexValue, is32))
            && built.TryNeed(basis, Dirty((rest - (indexValue * scale)) & wrap, is32));
    }

    /// <summary>Bits that a 32-bit address must ignore.</summary>
    private ulong Dirty(ulong value, bool is32) =>
        is32 ? (uint)value | (random.Next() << 32) : value;

    private bool TrySetVectorIndex(
        BuiltInstruction built, OpCodeOperandKind kind, MemoryForm form, ulong segment)
    {
        ref Instruction instruction = ref built.Instruction;
        if (form is MemoryForm.RipRelative or MemoryForm.Absolute or MemoryForm.AddressSize32)
        {
            return false;
        }

        Shape(ref instruction, form, out int displacement);
        bool isYmm = kind is OpCodeOperandKind.mem_vsib32y or OpCodeOperandKind.mem_vsib64y;
        bool is64 = kind is OpCodeOperandKind.mem_vsib64x or OpCodeOperandKind.mem_vsib64y;
        int number = random.Below(16);
        instruction.MemoryIndex = (isYmm ? Register.YMM0 : Register.XMM0) + number;
        int scale = 1 << random.Below(4);
        instruction.MemoryIndexScale = scale;
        ulong rest = built.Target - segment - (ulong)displacement;
        byte[] indices = new byte[32];
        for (int i = 0; i < 32; i += is64 ? 8 : 4)
        {
            long value = (random.Below(256) - 128) / scale;
            if (instruction.MemoryBase == Register.None)
            {
                value += (long)rest / scale;
            }

            if (is64)
            {
                BinaryPrimitives.WriteInt64LittleEndian(indices.AsSpan(i), value);
            }
            else if (value == (int)value)
            {
                BinaryPrimitives.WriteInt32LittleEndian(indices.AsSpan(i), (int)value);
            }
            else
            {
                return false;
            }
        }

        built.Vectors[number] = indices;
        return instruction.MemoryBase == Register.None
            || built.TryNeed(instruction.MemoryBase, rest);
    }
}
