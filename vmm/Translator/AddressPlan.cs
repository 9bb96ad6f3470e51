using Dilaton.Core;
using Dilaton.Native;
using Iced.Intel;

namespace Dilaton.Translator;

/// <summary>Decides what a block must record at run time so that the decoder can rebuild every
/// address. Registers carry (version, constant) through a block; one captured value serves all
/// accesses with the same versions of base and index. Static addresses need none.</summary>
internal sealed class AddressPlan(TranslationTables tables)
{
    private const ulong LineMask = ~63UL;

    private readonly List<CaptureSpec> _captures = [];
    private readonly List<CapturedKey> _keys = [];
    private readonly long[] _version = new long[16];
    private readonly long[] _constant = new long[16];
    private readonly uint[] _unitsBefore = new uint[BlockPlan.InstructionsMax + 2];
    private readonly int[] _templatesBefore = new int[BlockPlan.InstructionsMax + 2];
    private readonly int[] _valuesBefore = new int[BlockPlan.InstructionsMax + 2];
    private readonly BlockPath[] _pathTo = new BlockPath[BlockPlan.InstructionsMax + 2];
    private readonly RegisterFlow[] _flowTo = new RegisterFlow[BlockPlan.InstructionsMax + 2];
    private readonly int[] _branchesTo = new int[BlockPlan.InstructionsMax + 2];
    private RegisterFlow _flow;
    private bool _tracksProducers;
    private bool _recordsBranches;
    private bool _recordsTargets;
    private ulong _head;
    private long _lastVersion;

    public int FirstTemplate { get; private set; }

    public int FirstBranch { get; private set; }

    public int ValueCount { get; private set; }

    /// <summary>Cost of the whole block.</summary>
    public uint Units { get; private set; }

    public List<CaptureSpec> Captures => _captures;

    public uint UnitsBefore(int instruction) => _unitsBefore[instruction];

    public int TemplatesBefore(int instruction) => _templatesBefore[instruction];

    public int ValuesBefore(int instruction) => _valuesBefore[instruction];

    /// <summary>The instruction has a <see cref="BranchSite"/>.</summary>
    public bool HasBranch(int instruction) =>
        _recordsBranches && _branchesTo[instruction + 1] > _branchesTo[instruction];

    /// <summary>The line that a fetch template stands for.</summary>
    public ulong FetchLine(int template) => (ulong)tables.Templates[template].Displacement;

    /// <summary>The path that ends after <paramref name="instructions"/> of them.</summary>
    public ref readonly BlockPath PathOf(int instructions) => ref _pathTo[instructions];

    /// <summary>Notes that path.</summary>
    /// <param name="exit">What its last instruction is if it does not go the way that the block follows.</param>
    /// <returns>Its number.</returns>
    public int AddPath(int instructions, InstructionRole exit) => tables.Add(
        _pathTo[instructions],
        _tracksProducers ? _flowTo[instructions] : null,
        _recordsBranches ? new BranchSpan(
            _head, FirstBranch, _branchesTo[instructions],
            exit == InstructionRole.Conditional || (_recordsTargets && exit != InstructionRole.Plain)) : null);

    public void Make(BlockPlan plan, MemoryEventLevel level, in CoreCost cost)
    {
        _tracksProducers = cost.TracksProducers && level == MemoryEventLevel.Full;
        _recordsBranches = cost.RecordsBranches && level != MemoryEventLevel.Off;
        _recordsTargets = _recordsBranches && cost.RecordsTargets;
        _head = plan.Head;
        Begin();
        ulong perLoad = level == MemoryEventLevel.Off ? 0 : cost.UnitsPerLoad;
        BlockPath path = new() { FirstTemplate = FirstTemplate };
        ulong line = ulong.MaxValue;
        for (int i = 0; i < plan.Count; i++)
        {
            ref GuestInstruction item = ref plan.Items[i];
            _unitsBefore[i] = path.Units;
            _templatesBefore[i] = tables.TemplateCount - FirstTemplate;
            _valuesBefore[i] = ValueCount;
            if (level != MemoryEventLevel.Off)
            {
                AddFetches(item, path.Units, ref line, ref path);
            }

            ulong loads = 0;
            short load = -1;
            for (int k = 0; k < item.AccessCount; k++)
            {
                AccessSpec access = plan.Accesses[item.FirstAccess + k];
                loads += access.IsLoad ? 1u : 0;
                path.CountAccess(access.Kind);
                if (level != MemoryEventLevel.Off)
                {
                    AddAccess(i, access, path.Units, level == MemoryEventLevel.Full);
                    load = access.IsLoad ? (short)(tables.TemplateCount - 1 - FirstTemplate) : load;
                }
            }

            if (_recordsBranches)
            {
                AddBranch(item, path.Units);
                _branchesTo[i + 1] = tables.BranchCount - FirstBranch;
            }

            path.Instructions++;
            path.Units += checked((uint)(cost.UnitsPerInstruction + (loads * perLoad)));
            path.TemplateCount = tables.TemplateCount - FirstTemplate;
            path.ValueCount = ValueCount;
            _pathTo[i + 1] = path;
            if (_tracksProducers)
            {
                _flow.Follow(item, load);
                _flowTo[i + 1] = _flow;
            }

            if (level == MemoryEventLevel.Full)
            {
                Follow(item);
            }
        }

        Units = path.Units;
    }

    private void Begin()
    {
        _captures.Clear();
        _keys.Clear();
        FirstTemplate = tables.TemplateCount;
        FirstBranch = tables.BranchCount;
        ValueCount = 0;
        for (int i = 0; i < 16; i++)
        {
            Renew(i);
        }

        _flow = RegisterFlow.AtHead;
        _flowTo[0] = _flow;
        _pathTo[0] = new BlockPath { FirstTemplate = FirstTemplate };
    }

    /// <summary>A record for each line that the instruction enters. The block's first is left out
    /// at run time if the vCPU comes from the same line.</summary>
    private void AddFetches(
        in GuestInstruction item, uint offset, ref ulong line, ref BlockPath path)
    {
        ulong first = item.Rip & LineMask;
        ulong last = (item.NextRip - 1) & LineMask;
        if (line == ulong.MaxValue)
        {
            path.FirstLine = first;
        }

        for (ulong entered = first; entered <= last; entered += 64)
        {
            if (entered != line)
            {
                path.Fetches++;
                tables.Add(new AccessTemplate
                {
                    Displacement = (long)entered,
                    OffsetUnits = offset,
                    Slot = -1,
                    Size = 64,
                    Kind = MemoryEventKind.Fetch,
                    TagTable = 2,
                });
            }

            line = entered;
        }

        path.LastLine = line;
    }

    private void AddBranch(in GuestInstruction item, uint offset)
    {
        if (item.Role != InstructionRole.Conditional)
        {
            if (_recordsTargets)
            {
                AddTarget(item, offset);
            }

            return;
        }

        // Of a backward branch the block follows the way back, unless it is alone in its block.
        tables.Add(new BranchSite
        {
            Rip = item.Rip,
            OffsetUnits = offset,
            IsFollowedTaken = item.Decoded.NearBranchTarget <= item.Rip && item.SideExit == item.NextRip,
            Flags = _flow.Flags,
        });
    }

    private void AddTarget(in GuestInstruction item, uint offset)
    {
        BranchKind kind = item.Role switch
        {
            InstructionRole.InlinedCall or InstructionRole.Call => BranchKind.Call,
            InstructionRole.IndirectCall => BranchKind.IndirectCall,
            InstructionRole.IndirectJump or InstructionRole.CheckedJump => BranchKind.IndirectJump,
            InstructionRole.Return or InstructionRole.CheckedReturn => BranchKind.Return,
            _ => BranchKind.Conditional,
        };
        if (kind == BranchKind.Conditional)
        {
            return;
        }

        bool isInRegister = kind is BranchKind.IndirectCall or BranchKind.IndirectJump
            && item.Decoded.Op0Kind == OpKind.Register;
        (short template, ushort found) = _flow.Union(
            isInRegister ? 1 << InstructionAnalyzer.NumberOf(item.Decoded.Op0Register) : 0);
        tables.Add(new BranchSite
        {
            Rip = item.Rip,
            OffsetUnits = offset,
            IsFollowedTaken = true,
            Flags = new FlagsOrigin(template, found, IsFound: false),
            Kind = kind,
            Target = item.Role is InstructionRole.CheckedReturn or InstructionRole.CheckedJump ? item.SideExit : 0,
            ReturnTo = kind is BranchKind.Call or BranchKind.IndirectCall ? item.NextRip : 0,
            LoadsTarget = kind != BranchKind.Call && !isInRegister,
        });
    }

    private void AddAccess(int instruction, in AccessSpec access, uint offset, bool capture)
    {
        AccessTemplate template = new()
        {
            Displacement = access.Displacement,
            OffsetUnits = offset,
            Slot = -1,
            Size = access.Size,
            Kind = access.Kind,
            Segment = access.Segment,
            Address32 = access.Address32,
            FastBase = access.Address32
                || access.Kind is MemoryEventKind.Prefetch or MemoryEventKind.Flush
                    ? RecordLoop.SlowBase
                    : (byte)access.Segment,
            TagTable = (byte)(access.Kind == MemoryEventKind.Load ? 0 : 1),
        };
        int registers = (access.Base < 0 ? 0 : 1 << access.Base) | (access.Index < 0 ? 0 : 1 << access.Index);
        if (_tracksProducers)
        {
            (short load, template.ProducerRegisters) = _flow.Union(registers);
            template.Producer = load < 0 ? (short)0 : (short)(tables.TemplateCount - FirstTemplate - load);
        }

        if (capture && !access.IsStatic)
        {
            template.Slot = (short)SlotFor(instruction, access, out long shift);
            template.Displacement += shift;
        }

        tables.Add(template);
    }

    /// <param name="shift">What to add to the captured value besides the displacement.</param>
    private int SlotFor(int instruction, in AccessSpec access, out long shift)
    {
        CapturedKey key = new()
        {
            BaseVersion = access.Base < 0 ? 0 : _version[access.Base],
            IndexVersion = access.Index < 0 ? 0 : _version[access.Index],
            Scale = access.Index < 0 ? 0 : access.Scale,
        };
        long constant = (access.Base < 0 ? 0 : _constant[access.Base])
            + (access.Index < 0 ? 0 : _constant[access.Index] * access.Scale);
        for (int i = _keys.Count - 1; i >= 0; i--)
        {
            CapturedKey old = _keys[i];
            if (old.BaseVersion == key.BaseVersion && old.IndexVersion == key.IndexVersion
                && old.Scale == key.Scale)
            {
                shift = constant - old.Constant;
                return old.Slot;
            }
        }

        key.Constant = constant;
        key.Slot = ValueCount++;
        _keys.Add(key);
        _captures.Add(new CaptureSpec
        {
            Instruction = instruction,
            Slot = key.Slot,
            Base = access.Base,
            Index = access.Index,
            Scale = access.Scale,
        });
        shift = 0;
        return key.Slot;
    }

    /// <summary>Carries versions over an instruction.</summary>
    private void Follow(in GuestInstruction item)
    {
        ref readonly Instruction instruction = ref item.Decoded;
        if (TryFollowArithmetic(instruction))
        {
            return;
        }

        int written = item.WrittenRegisters;
        bool stackOnly = instruction.IsStackInstruction
            && instruction.Mnemonic is Mnemonic.Push or Mnemonic.Pop or Mnemonic.Call
                or Mnemonic.Ret
            && !(instruction.OpCount > 0 && instruction.Op0Kind == OpKind.Register
                && InstructionAnalyzer.NumberOf(instruction.Op0Register) == X64Emitter.Rsp);
        if (stackOnly)
        {
            _constant[X64Emitter.Rsp] += instruction.StackPointerIncrement;
            written &= ~(1 << X64Emitter.Rsp);
        }

        for (int i = 0; i < 16; i++)
        {
            if ((written & (1 << i)) != 0)
            {
                Renew(i);
            }
        }
    }

    private bool TryFollowArithmetic(in Instruction instruction)
    {
        if (instruction.OpCount == 0 || instruction.Op0Kind != OpKind.Register
            || !instruction.Op0Register.IsGPR64())
        {
            return false;
        }

        int to = instruction.Op0Register - Register.RAX;
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Inc or Mnemonic.Dec:
                _constant[to] += instruction.Mnemonic == Mnemonic.Inc ? 1 : -1;
                return true;
            case Mnemonic.Add or Mnemonic.Sub
                when instruction.Op1Kind is OpKind.Immediate8to64 or OpKind.Immediate32to64:
                long value = (long)instruction.GetImmediate(1);
                _constant[to] += instruction.Mnemonic == Mnemonic.Add ? value : -value;
                return true;
            case Mnemonic.Lea when instruction.MemoryBase.IsGPR64()
                && instruction.MemoryIndex == Register.None:
                Copy(to, instruction.MemoryBase - Register.RAX,
                    (long)instruction.MemoryDisplacement64);
                return true;
            case Mnemonic.Mov when instruction.Op1Kind == OpKind.Register
                && instruction.Op1Register.IsGPR64():
                Copy(to, instruction.Op1Register - Register.RAX, 0);
                return true;
            default:
                return false;
        }
    }

    private void Copy(int to, int from, long added)
    {
        _version[to] = _version[from];
        _constant[to] = _constant[from] + added;
    }

    private void Renew(int register)
    {
        _version[register] = ++_lastVersion;
        _constant[register] = 0;
    }

    private struct CapturedKey
    {
        public long BaseVersion;
        public long IndexVersion;
        public int Scale;
        public long Constant;
        public int Slot;
    }
}
