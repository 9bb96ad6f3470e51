using Iced.Intel;

namespace Dilaton.Tests.Differential;

/// <summary>What Iced's operand kinds stand for.</summary>
internal static class OperandKinds
{
    public static OperandClass Classify(OpCodeOperandKind kind)
    {
        string name = kind.ToString();
        if (name.Contains("_or_mem", StringComparison.Ordinal))
        {
            return OperandClass.RegisterOrMemory;
        }

        if (name.StartsWith("mem", StringComparison.Ordinal))
        {
            return OperandClass.Memory;
        }

        switch (kind)
        {
            case OpCodeOperandKind.al or OpCodeOperandKind.cl or OpCodeOperandKind.ax
                or OpCodeOperandKind.dx or OpCodeOperandKind.eax or OpCodeOperandKind.rax
                or OpCodeOperandKind.st0 or OpCodeOperandKind.fs or OpCodeOperandKind.gs:
                return OperandClass.Fixed;
            case OpCodeOperandKind.br64_1 or OpCodeOperandKind.br64_4
                or OpCodeOperandKind.seg_rSI or OpCodeOperandKind.es_rDI
                or OpCodeOperandKind.seg_rDI or OpCodeOperandKind.seg_rBX_al:
                return OperandClass.Special;
        }

        if (name.StartsWith("imm", StringComparison.Ordinal))
        {
            return OperandClass.Special;
        }

        return BaseOf(kind) == Register.None ? OperandClass.Unsupported : OperandClass.Register;
    }

    /// <summary>First register of the file that a kind takes its register from.</summary>
    public static Register BaseOf(OpCodeOperandKind kind)
    {
        string name = kind.ToString();
        int end = name.IndexOf('_', StringComparison.Ordinal);
        string file = end < 0 ? name : name[..end];
        return file switch
        {
            "r8" => Register.AL,
            "r16" => Register.AX,
            "r32" => Register.EAX,
            "r64" => Register.RAX,
            "mm" => Register.MM0,
            "xmm" => Register.XMM0,
            "ymm" => Register.YMM0,
            "sti" => Register.ST0,
            _ => Register.None,
        };
    }

    /// <summary>Byte registers: 0 to 15 in encoding order with REX, 16 to 19 ah, ch, dh, bh.
    /// </summary>
    public static Register Nth(Register first, int number)
    {
        if (first != Register.AL)
        {
            return first + number;
        }

        return number switch
        {
            < 4 => Register.AL + number,
            < 16 => Register.SPL + (number - 4),
            _ => Register.AH + (number - 16),
        };
    }

    public static Register FixedRegister(OpCodeOperandKind kind) => kind switch
    {
        OpCodeOperandKind.al => Register.AL,
        OpCodeOperandKind.cl => Register.CL,
        OpCodeOperandKind.ax => Register.AX,
        OpCodeOperandKind.dx => Register.DX,
        OpCodeOperandKind.eax => Register.EAX,
        OpCodeOperandKind.rax => Register.RAX,
        OpCodeOperandKind.st0 => Register.ST0,
        OpCodeOperandKind.fs => Register.FS,
        OpCodeOperandKind.gs => Register.GS,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static void SetImmediate(
        ref Instruction instruction, int operand, OpCodeOperandKind kind, SeededRandom random)
    {
        bool isFrame = instruction.Mnemonic is Mnemonic.Enter or Mnemonic.Ret;
        ulong value = random.OneIn(3) ? (ulong)random.Below(70) : Values.Integer(random);
        value = isFrame ? value & 0x1F : value;
        switch (kind)
        {
            case OpCodeOperandKind.imm4_m2z:
                instruction.SetOpKind(operand, OpKind.Immediate8);
                instruction.Immediate8 = (byte)(value & 3);
                break;
            case OpCodeOperandKind.imm8:
                bool isSecond = instruction.Mnemonic == Mnemonic.Enter;
                instruction.SetOpKind(
                    operand, isSecond ? OpKind.Immediate8_2nd : OpKind.Immediate8);
                if (isSecond)
                {
                    instruction.Immediate8_2nd = (byte)(value & 3);
                }
                else
                {
                    instruction.Immediate8 = (byte)value;
                }

                break;
            case OpCodeOperandKind.imm8sex16:
                instruction.SetOpKind(operand, OpKind.Immediate8to16);
                instruction.Immediate8to16 = (sbyte)value;
                break;
            case OpCodeOperandKind.imm8sex32:
                instruction.SetOpKind(operand, OpKind.Immediate8to32);
                instruction.Immediate8to32 = (sbyte)value;
                break;
            case OpCodeOperandKind.imm8sex64:
                instruction.SetOpKind(operand, OpKind.Immediate8to64);
                instruction.Immediate8to64 = (sbyte)value;
                break;
            case OpCodeOperandKind.imm16:
                instruction.SetOpKind(operand, OpKind.Immediate16);
                instruction.Immediate16 = (ushort)value;
                break;
            case OpCodeOperandKind.imm32:
                instruction.SetOpKind(operand, OpKind.Immediate32);
                instruction.Immediate32 = (uint)value;
                break;
            case OpCodeOperandKind.imm32sex64:
                instruction.SetOpKind(operand, OpKind.Immediate32to64);
                instruction.Immediate32to64 = (int)value;
                break;
            case OpCodeOperandKind.imm64:
                instruction.SetOpKind(operand, OpKind.Immediate64);
                instruction.Immediate64 = value;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind.ToString());
        }
    }
}
