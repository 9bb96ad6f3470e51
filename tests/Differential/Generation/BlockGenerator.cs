using Iced.Intel;

namespace Dilaton.Tests.Differential;

/// <summary>Random programs of straight runs, forward branches, bounded loops, calls, jump tables,
/// string instructions and stack traffic. Every program ends: loops count down in registers that
/// their bodies do not touch.</summary>
internal sealed class BlockGenerator
{
    private const int DepthMax = 3;

    /// <summary>Encodings whose result in memory or control words would spoil what follows, or
    /// name host addresses (x87 environments hold the address of the last instruction).</summary>
    private static readonly HashSet<Mnemonic> s_unfit =
    [
        Mnemonic.Fnstenv, Mnemonic.Fnsave, Mnemonic.Fxsave, Mnemonic.Fxsave64, Mnemonic.Fldenv,
        Mnemonic.Frstor, Mnemonic.Fxrstor, Mnemonic.Fxrstor64, Mnemonic.Fldcw, Mnemonic.Leave,
        Mnemonic.Enter, Mnemonic.Ldmxcsr, Mnemonic.Vldmxcsr,
    ];

    private static readonly Code[] s_all = Fit(_ => true);
    private static readonly Code[] s_integer = Fit(c => c.CpuidFeatures().All(
        f => f is CpuidFeature.INTEL8086 or CpuidFeature.INTEL186 or CpuidFeature.INTEL386
            or CpuidFeature.INTEL486 or CpuidFeature.X64 or CpuidFeature.CMOV
            or CpuidFeature.BMI1 or CpuidFeature.BMI2));

    private static readonly Code[] s_flagReaders = Fit(c =>
    {
        Instruction probe = new() { Code = c };
        return probe.RflagsRead != RflagsBits.None;
    });

    private static readonly Code[] s_strings = Fit(c =>
        new Instruction { Code = c }.IsStringInstruction);

    private static readonly Code[] s_conditions =
        [.. Enum.GetValues<Code>().Where(c => c.IsJccNear()
            && c.ToOpCode().GetOpKind(0) == OpCodeOperandKind.br64_4)];

    private static readonly Code[] s_shortConditions =
        [.. Enum.GetValues<Code>().Where(c => c.IsJccShort()
            && c.ToOpCode() is { Mode64: true } o
            && o.GetOpKind(0) == OpCodeOperandKind.br64_1)];

    private static readonly MemoryForm[] s_forms = Enum.GetValues<MemoryForm>();

    private readonly SeededRandom _random;
    private readonly TestCase _test;
    private readonly BlockBuilder _code;
    private readonly InstructionBuilder _instructions;
    private readonly Dictionary<int, int> _functions = [];
    private int _budget;

    private BlockGenerator(ulong seed)
    {
        _random = new SeededRandom(seed);
        _test = SystematicCases.NewCase($"block {seed}", _random);
        _test.Begin.Registers.Rip = TestLayout.Code.Start + 0x100 + (ulong)_random.Below(0x80);
        _code = new BlockBuilder(_test, _test.Begin.Rip);
        _instructions = new InstructionBuilder(
            _random, _test.Begin.Registers.FsBase, _test.Begin.Registers.GsBase);
        _instructions.Reserved.Add(BuiltInstruction.Number(Register.RSP));
        _budget = 1 + _random.Below(_random.OneIn(4) ? 120 : 32);
    }

    public static TestCase Make(ulong seed)
    {
        BlockGenerator generator = new(seed);
        if (generator._random.OneIn(12))
        {
            generator.LongSelfLoop();
        }
        else
        {
            generator.Sequence(0);
        }

        generator._code.EmitBytes(0xCC);
        generator.EmitFunctions();
        generator._code.Finish();
        return generator._test;
    }

    private static Code[] Fit(Func<Code, bool> isWanted) =>
    [
        .. Encodings.Tested.Where(c => !s_unfit.Contains(c.Mnemonic())
            && new Instruction { Code = c }.FlowControl == FlowControl.Next
            && !c.ToString().StartsWith("Popf", StringComparison.Ordinal)
            && !IsStackSpoiler(c) && isWanted(c)),
    ];

    /// <summary>Pushes and pops are emitted in pairs instead.</summary>
    private static bool IsStackSpoiler(Code code) => new Instruction { Code = code }
        .IsStackInstruction;

    private void Sequence(int depth)
    {
        while (_budget > 0 && !_code.IsFull)
        {
            _budget--;
            switch (_random.Below(24))
            {
                case 0 when depth < DepthMax:
                    ForwardBranch(depth);
                    break;
                case 1 when depth < DepthMax:
                    Loop(depth);
                    break;
                case 2 when depth == 0:
                    Call();
                    break;
                case 3:
                    PushPop();
                    break;
                case 4 when depth < DepthMax && _code.PoolHasRoom:
                    JumpTable(depth);
                    break;
                case 5:
                    Plain(_random.Pick<Code>(s_strings));
                    break;
                case 6:
                    Plain(_random.Pick<Code>(s_flagReaders));
                    break;
                case 7:
                    _code.Emit(Instruction.Create(_random.OneIn(2) ? Code.Cld : Code.Std));
                    break;
                case 8:
                    FlagsThroughStack();
                    break;
                case < 16:
                    Plain(_random.Pick<Code>(s_integer));
                    break;
                default:
                    Plain(_random.Pick<Code>(s_all));
                    break;
            }

            if (depth > 0 && _random.OneIn(5))
            {
                return;
            }
        }
    }

    /// <summary>One instruction, and before it what its operands need.</summary>
    private void Plain(Code code)
    {
        _instructions.FavouriteRegister = _random.OneIn(3) ? 15 : null;
        BuiltInstruction? built = _instructions.TryBuild(
            code, _random.Pick<MemoryForm>(s_forms), _code.Rip)
            ?? _instructions.TryBuild(code, MemoryForm.None, _code.Rip);
        if (built is null || built.Registers.Keys.Any(_instructions.Reserved.Contains)
            || built.Memory.Count > 0 || WritesReserved(built.Instruction)
            || (built.Vectors.Count > 0 && !_code.PoolHasRoom))
        {
            return;
        }

        foreach ((int number, ulong value) in built.Registers)
        {
            _code.Load(Register.RAX + number, value);
        }

        foreach ((int number, byte[] value) in built.Vectors)
        {
            Instruction load = Instruction.Create(
                Code.VEX_Vmovdqu_ymm_ymmm256, Register.YMM0 + number,
                new MemoryOperand(Register.RIP, (long)_code.Constant(value), 8));
            _code.Emit(load);
        }

        _code.Emit(built.Instruction);
    }

    private bool WritesReserved(in Instruction instruction)
    {
        foreach (UsedRegister used in new InstructionInfoFactory().GetInfo(instruction)
            .GetUsedRegisters())
        {
            if (used.Register.IsGPR()
                && used.Access is not (OpAccess.Read or OpAccess.CondRead
                    or OpAccess.NoMemAccess)
                && _instructions.Reserved.Contains(BuiltInstruction.Number(used.Register)))
            {
                return true;
            }
        }

        return false;
    }

    private void ForwardBranch(int depth)
    {
        int past = _code.NewLabel();
        if (_random.OneIn(5))
        {
            _code.Branch(Code.Jmp_rel32_64, past);
        }
        else if (_random.OneIn(6))
        {
            int near = _code.NewLabel();
            _code.Branch(_random.OneIn(2) ? Code.Jrcxz_rel8_64 : Code.Jecxz_rel8_64, near);
            Plain(Code.Add_r64_rm64);
            _code.Bind(near);
        }

        _code.Branch(_random.Pick<Code>(s_conditions), past);
        Sequence(depth + 1);
        _code.Bind(past);
    }

    private void Loop(int depth)
    {
        int counter = PickFree();
        if (counter < 0)
        {
            return;
        }

        Register register = Register.RAX + counter;
        int rounds = 1 + _random.Below(depth == 0 ? 40 : 6);
        bool isLoopInstruction = counter == 1 && _random.OneIn(2);
        _code.Load(register, (ulong)rounds);
        _instructions.Reserved.Add(counter);
        int head = _code.NewLabel();
        int tail = _code.NewLabel();
        _code.Bind(head);
        Sequence(depth + 1);
        if (isLoopInstruction)
        {
            _code.Branch(Code.Loop_rel8_64_RCX, tail);
            int done = _code.NewLabel();
            _code.Branch(Code.Jmp_rel8_64, done);
            _code.Bind(tail);
            _code.Branch(Code.Jmp_rel32_64, head);
            _code.Bind(done);
        }
        else
        {
            _code.Bind(tail);
            _code.Emit(_random.OneIn(2)
                ? Instruction.Create(Code.Sub_rm64_imm8, register, 1)
                : Instruction.Create(Code.Dec_rm64, register));
            _code.Branch(Code.Jne_rel32_64, head);
        }

        _instructions.Reserved.Remove(counter);
    }

    private int PickFree()
    {
        for (int i = 0; i < 16; i++)
        {
            int number = _random.OneIn(3) ? 1 : _random.OneIn(3) ? 15 : _random.Below(16);
            if (!_instructions.Reserved.Contains(number))
            {
                return number;
            }
        }

        return -1;
    }

    private void Call()
    {
        int function = _functions.Count < 3
            ? _code.NewLabel()
            : _functions.Keys.ElementAt(_random.Below(_functions.Count));
        _functions[function] = 0;
        int scratch = PickFree();
        switch (_random.Below(4))
        {
            case 0 when _code.PoolHasRoom && scratch >= 0:
                ulong table = _code.Table([function]);
                _code.Emit(Instruction.Create(Code.Call_rm64,
                    new MemoryOperand(Register.RIP, (long)table, 8)));
                break;
            case 1 when _code.PoolHasRoom && scratch >= 0:
                ulong cell = _code.Table([function]);
                _code.Emit(Instruction.Create(Code.Mov_r64_rm64, Register.RAX + scratch,
                    new MemoryOperand(Register.RIP, (long)cell, 8)));
                _code.Emit(Instruction.Create(Code.Call_rm64, Register.RAX + scratch));
                break;
            default:
                _code.Branch(Code.Call_rel32_64, function);
                break;
        }
    }

    private void EmitFunctions()
    {
        foreach (int function in _functions.Keys)
        {
            _code.Bind(function);
            _budget = 1 + _random.Below(8);
            Sequence(2);
            if (_random.OneIn(4))
            {
                _code.Emit(Instruction.Create(Code.Pushq_imm8, 5));
                _code.Emit(Instruction.Create(Code.Lea_r64_m, Register.RSP,
                    new MemoryOperand(Register.RSP, 8, 1)));
            }

            _code.Emit(Instruction.Create(Code.Retnq));
        }
    }

    private void PushPop()
    {
        int source = _random.Below(16);
        int destination = PickFree();
        if (destination < 0)
        {
            return;
        }

        if (_random.OneIn(3))
        {
            _code.Emit(Instruction.Create(Code.Pushq_imm32, (int)_random.Next()));
        }
        else
        {
            _code.Emit(Instruction.Create(Code.Push_r64, Register.RAX + source));
        }

        if (_random.OneIn(2))
        {
            Plain(_random.Pick<Code>(s_integer));
        }

        if (_random.OneIn(4))
        {
            _code.Emit(Instruction.Create(Code.Add_rm64_imm8, Register.RSP, 8));
        }
        else
        {
            _code.Emit(Instruction.Create(Code.Pop_r64, Register.RAX + destination));
        }
    }

    private void FlagsThroughStack()
    {
        _code.Emit(Instruction.Create(Code.Pushfq));
        if (_random.OneIn(2))
        {
            _code.Emit(Instruction.Create(Code.Xor_rm32_imm32,
                new MemoryOperand(Register.RSP), (int)_random.Next() & 0x8D5));
            _code.Emit(Instruction.Create(Code.Popfq));
        }
        else
        {
            int destination = PickFree();
            _code.Emit(destination < 0
                ? Instruction.Create(Code.Popfq)
                : Instruction.Create(Code.Pop_r64, Register.RAX + destination));
        }
    }

    private void JumpTable(int depth)
    {
        int index = PickFree();
        if (index < 0)
        {
            return;
        }

        Register register = Register.RAX + index;
        int[] arms = [_code.NewLabel(), _code.NewLabel(), _code.NewLabel(), _code.NewLabel()];
        int end = _code.NewLabel();
        ulong table = _code.Table(arms);
        _code.Emit(Instruction.Create(Code.And_rm32_imm8, Register.EAX + index, 3));
        if (index != 4)
        {
            _code.Emit(Instruction.Create(Code.Jmp_rm64, new MemoryOperand(
                Register.None, register, 8, (long)table, 8)));
        }

        foreach (int arm in arms)
        {
            _code.Bind(arm);
            Plain(_random.Pick<Code>(s_integer));
            if (_random.OneIn(2))
            {
                _code.Branch(Code.Jmp_rel32_64, end);
            }
        }

        Sequence(depth + 1);
        _code.Bind(end);
    }

    /// <summary>A loop on itself of more instructions than a translation block holds.</summary>
    private void LongSelfLoop()
    {
        int counter = _random.OneIn(2) ? 15 : 3;
        _code.Load(Register.RAX + counter, (ulong)(2 + _random.Below(8)));
        _instructions.Reserved.Add(counter);
        int head = _code.NewLabel();
        _code.Bind(head);
        int length = 60 + _random.Below(90);
        for (int i = 0; i < length && !_code.IsFull; i++)
        {
            Plain(_random.Pick<Code>(_random.OneIn(4) ? s_all : s_integer));
            if (_random.OneIn(12))
            {
                int past = _code.NewLabel();
                _code.Branch(_random.Pick<Code>(s_shortConditions), past);
                _code.Emit(Instruction.Create(Code.Inc_rm32, Register.EDX));
                _code.Bind(past);
            }
        }

        _code.Emit(Instruction.Create(Code.Dec_rm64, Register.RAX + counter));
        _code.Branch(Code.Jne_rel32_64, head);
        _instructions.Reserved.Remove(counter);
    }
}
