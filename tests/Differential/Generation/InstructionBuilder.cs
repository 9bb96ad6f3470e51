using Iced.Intel;

namespace Dilaton.Tests.Differential;

/// <summary>Makes instructions of a given encoding with systematically and randomly chosen
/// operands.</summary>
internal sealed class InstructionBuilder(SeededRandom random, ulong fsBase, ulong gsBase)
{
    private const int AttemptsMax = 40;

    /// <summary>Where branches may go.</summary>
    public ulong BranchTarget { get; set; }

    /// <summary>Registers to use where the encoding leaves a choice; null for any.</summary>
    public int? FavouriteRegister { get; set; }

    /// <summary>Registers that must be neither written nor used for anything else.</summary>
    public HashSet<int> Reserved { get; } = [];

    /// <summary>Null if the encoder rejects every attempt (a form that the encoding lacks).
    /// </summary>
    public BuiltInstruction? TryBuild(Code code, MemoryForm form, ulong rip)
    {
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            BuiltInstruction built = new();
            if (TryFill(built, code, form, rip, out bool isHopeless)
                && TryEncode(built, rip) && TrySatisfyImplicit(built))
            {
                return built;
            }

            if (isHopeless)
            {
                return null;
            }
        }

        return null;
    }

    private static bool TryEncode(BuiltInstruction built, ulong rip)
    {
        ByteCollector writer = new();
        Encoder encoder = Encoder.Create(64, writer);
        if (!encoder.TryEncode(built.Instruction, rip, out uint length, out _))
        {
            return false;
        }

        Decoder decoder = Decoder.Create(64, new ByteArrayCodeReader(writer.ToArray()));
        decoder.IP = rip;
        Instruction decoded = decoder.Decode();
        bool isSame = decoded.Code == built.Instruction.Code && decoded.Length == (int)length;
        built.Instruction = decoded;
        return isSame;
    }

    private bool TryFill(
        BuiltInstruction built, Code code, MemoryForm form, ulong rip, out bool isHopeless)
    {
        OpCodeInfo info = code.ToOpCode();
        ref Instruction instruction = ref built.Instruction;
        instruction.Code = code;
        isHopeless = false;
        bool hasMemory = false;
        for (int i = 0; i < info.OpCount; i++)
        {
            OpCodeOperandKind kind = info.GetOpKind(i);
            switch (OperandKinds.Classify(kind))
            {
                case OperandClass.RegisterOrMemory when form == MemoryForm.None:
                case OperandClass.Register:
                    SetRegister(ref instruction, i, OperandKinds.BaseOf(kind));
                    break;
                case OperandClass.RegisterOrMemory:
                    hasMemory = true;
                    break;
                case OperandClass.Memory:
                    if (form == MemoryForm.None)
                    {
                        isHopeless = true;
                        return false;
                    }

                    hasMemory = true;
                    break;
                case OperandClass.Fixed:
                    instruction.SetOpKind(i, OpKind.Register);
                    SetOpRegister(ref instruction, i, OperandKinds.FixedRegister(kind));
                    break;
                case OperandClass.Special:
                    SetSpecial(built, i, kind);
                    break;
                default:
                    throw new InvalidOperationException($"{code}: operand kind {kind}");
            }
        }

        isHopeless = !hasMemory && form != MemoryForm.None;
        return !isHopeless
            && (!hasMemory || new MemoryOperandBuilder(random, fsBase, gsBase, Reserved)
                .TrySet(built, info, form, rip))
            && TryPrefix(ref instruction, info, hasMemory);
    }

    private bool TryPrefix(ref Instruction instruction, OpCodeInfo info, bool hasMemory)
    {
        if (hasMemory && info.CanUseLockPrefix && random.OneIn(3))
        {
            instruction.HasLockPrefix = true;
        }

        if (info.CanUseRepPrefix && instruction.IsStringInstruction && random.OneIn(2))
        {
            instruction.HasRepPrefix = true;
        }
        else if (info.CanUseRepnePrefix && instruction.IsStringInstruction && random.OneIn(2))
        {
            instruction.HasRepnePrefix = true;
        }

        return true;
    }

    private void SetRegister(ref Instruction instruction, int operand, Register first)
    {
        int count = first switch
        {
            Register.MM0 or Register.ST0 => 8,
            Register.AL => 20,
            _ => 16,
        };
        int number = FavouriteRegister is { } favourite && favourite < count && !random.OneIn(3)
            ? favourite
            : random.Below(count);
        bool isGeneral = first is Register.AL or Register.AX or Register.EAX or Register.RAX;
        if (isGeneral && Reserved.Count > 0)
        {
            while (Reserved.Contains(
                BuiltInstruction.Number(OperandKinds.Nth(first, number))))
            {
                number = random.Below(count);
            }
        }

        instruction.SetOpKind(operand, OpKind.Register);
        SetOpRegister(ref instruction, operand, OperandKinds.Nth(first, number));
    }

    private static void SetOpRegister(ref Instruction instruction, int operand, Register register)
    {
        switch (operand)
        {
            case 0:
                instruction.Op0Register = register;
                break;
            case 1:
                instruction.Op1Register = register;
                break;
            case 2:
                instruction.Op2Register = register;
                break;
            case 3:
                instruction.Op3Register = register;
                break;
            default:
                instruction.Op4Register = register;
                break;
        }
    }

    private void SetSpecial(BuiltInstruction built, int operand, OpCodeOperandKind kind)
    {
        ref Instruction instruction = ref built.Instruction;
        switch (kind)
        {
            case OpCodeOperandKind.br64_1 or OpCodeOperandKind.br64_4:
                instruction.SetOpKind(operand, OpKind.NearBranch64);
                instruction.NearBranch64 = BranchTarget;
                return;
            case OpCodeOperandKind.seg_rSI:
                instruction.SetOpKind(
                    operand, random.OneIn(6) ? OpKind.MemorySegESI : OpKind.MemorySegRSI);
                return;
            case OpCodeOperandKind.es_rDI:
                bool isShort = operand == 1 && instruction.Op0Kind == OpKind.MemorySegESI;
                bool isFirstAndShort = operand == 0 && !HasSourceOperand(instruction.Code)
                    && random.OneIn(6);
                instruction.SetOpKind(operand,
                    isShort || isFirstAndShort ? OpKind.MemoryESEDI : OpKind.MemoryESRDI);
                return;
            case OpCodeOperandKind.seg_rDI:
                instruction.SetOpKind(
                    operand, random.OneIn(6) ? OpKind.MemorySegEDI : OpKind.MemorySegRDI);
                return;
            case OpCodeOperandKind.seg_rBX_al:
                instruction.SetOpKind(operand, OpKind.Memory);
                instruction.MemoryBase = random.OneIn(6) ? Register.EBX : Register.RBX;
                instruction.MemoryIndex = Register.AL;
                instruction.MemoryIndexScale = 1;
                return;
            case OpCodeOperandKind.imm8_const_1:
                instruction.SetOpKind(operand, OpKind.Immediate8);
                instruction.Immediate8 = 1;
                return;
        }

        OperandKinds.SetImmediate(ref instruction, operand, kind, random);
    }

    private static bool HasSourceOperand(Code code) =>
        code.Mnemonic() is Mnemonic.Movsb or Mnemonic.Movsw or Mnemonic.Movsd or Mnemonic.Movsq;

    private bool TrySatisfyImplicit(BuiltInstruction built) =>
        new ImplicitNeeds(random, fsBase, gsBase, BranchTarget).TryAdd(built);
}
