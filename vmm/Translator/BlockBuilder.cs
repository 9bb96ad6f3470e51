using Dilaton.Core;
using Dilaton.Native;
using Iced.Intel;

namespace Dilaton.Translator;

/// <summary>Decodes a block and decides how far it goes: it falls through forward branches, follows
/// jumps and calls, unrolls a loop that closes on its own head, and stops where the length limit,
/// a visited place or a lack of free registers says so.</summary>
internal sealed class BlockBuilder(
    TranslatorOptions options, GuestCodeReader reader, InstructionAnalyzer analyzer)
{
    private const int CallDepthMax = 16;

    private readonly HashSet<ulong> _visited = [];
    private readonly ulong[] _calls = new ulong[CallDepthMax];
    private int _callDepth;
    private int _used;
    private int _written;
    private int _temporaries;
    private int _lastHead;
    private MemoryEventLevel _level;

    /// <returns>False if the first instruction can't be fetched.</returns>
    public bool TryBuild(
        BlockPlan plan,
        ulong head,
        BlockMode mode,
        MemoryEventLevel level,
        out RegisterPlan registers,
        out ulong faultAddress)
    {
        Begin(plan, head, mode, level);
        int max = mode == BlockMode.Fast ? options.BlockInstructionsMax : 1;
        ulong rip = head;
        faultAddress = 0;
        while (TryContinue(plan, rip, max))
        {
            ref GuestInstruction item = ref plan.Items[plan.Count];
            if (!reader.TryDecode(rip, out item.Decoded, out faultAddress))
            {
                CutBefore(plan, rip);
                break;
            }

            plan.KeepBytes(plan.Count, reader.LastBytes(item.Decoded));
            analyzer.Analyze(ref item, plan.Accesses);
            RecogniseRegionMark(ref item, rip);
            if (!TryKeep(plan, ref item))
            {
                CutBefore(plan, rip);
                break;
            }

            if (!TryFollow(plan, ref item, max, ref rip))
            {
                break;
            }
        }

        registers = RegisterPlan.Make(_used, _written, _temporaries);
        return plan.Count > 0 || plan.End == BlockEnd.Helper;
    }

    private void Begin(BlockPlan plan, ulong head, BlockMode mode, MemoryEventLevel level)
    {
        plan.Begin(head, mode);
        reader.ForgetBytes();
        _visited.Clear();
        _callDepth = 0;
        _used = 0;
        _written = 0;
        _temporaries = 0;
        _lastHead = 0;
        _level = mode == BlockMode.Bare ? MemoryEventLevel.Off : level;
    }

    /// <summary>Whether the block goes on at <paramref name="rip"/>; closes it if not.</summary>
    private bool TryContinue(BlockPlan plan, ulong rip, int max)
    {
        if (plan.Count > 0 && rip == plan.Head)
        {
            int body = plan.Count - _lastHead;
            _lastHead = plan.Count;
            if (plan.Mode == BlockMode.Fast && plan.Count + body > max)
            {
                plan.End = BlockEnd.Loop;
                return false;
            }

            _visited.Clear();
        }

        bool isWatched = plan.Count > 0 && options.Watch is { } watch && watch.IsStop(rip);
        if (plan.Count >= max || isWatched || !_visited.Add(rip))
        {
            CutBefore(plan, rip);
            return false;
        }

        return true;
    }

    /// <summary>Adds the instruction if the block has room for it.</summary>
    private bool TryKeep(BlockPlan plan, ref GuestInstruction item)
    {
        if (_level != MemoryEventLevel.Off && item.Role == InstructionRole.Plain
            && RoleClassifier.HasDynamicAccess(item.Decoded))
        {
            item.Role = InstructionRole.Helper;
            item.Exit = ExitKind.DynamicAccess;
        }

        if (item.Role == InstructionRole.Helper && plan.Mode != BlockMode.Bare)
        {
            // The boundary before it may be the end of the slice: only an empty block's head check
            // looks at that.
            if (plan.Count == 0)
            {
                plan.End = BlockEnd.Helper;
            }

            return false;
        }

        int used = _used | item.UsedRegisters;
        int temporaries = Math.Max(_temporaries, TemporariesFor(plan, item));
        int needed = temporaries + ((used >> X64Emitter.Counter) & 1);
        if (RegisterPlan.FreeCount(used) < needed)
        {
            Invariant.Require(plan.Count > 0);
            return false;
        }

        _used = used;
        _written |= item.WrittenRegisters;
        _temporaries = temporaries;
        plan.UsesX87 |= item.UsesX87;
        plan.Count++;
        return true;
    }

    private int TemporariesFor(BlockPlan plan, in GuestInstruction item)
    {
        int count = item.Segment != GuestSegment.None
            || InstructionRewriter.IsFarRelative(item.Decoded, options.Window) ? 1 : 0;
        if (item.Decoded.Mnemonic is Mnemonic.Xsave or Mnemonic.Xsave64 or Mnemonic.Xrstor
            or Mnemonic.Xrstor64)
        {
            count = 1;
        }

        if (_level == MemoryEventLevel.Filtered && item.AccessCount > 0)
        {
            return 2;
        }

        for (int i = 0; i < item.AccessCount && _level == MemoryEventLevel.Full; i++)
        {
            AccessSpec access = plan.Accesses[item.FirstAccess + i];
            if (access.Index >= 0 || access.Address32)
            {
                count = 1;
            }
        }

        return count;
    }

    /// <summary>Finds where the block goes on after the instruction just added.</summary>
    private bool TryFollow(BlockPlan plan, ref GuestInstruction item, int max, ref ulong rip)
    {
        switch (item.Role)
        {
            case InstructionRole.Plain:
                rip = item.NextRip;
                return true;
            case InstructionRole.Jump:
                rip = item.Decoded.NearBranchTarget;
                return true;
            case InstructionRole.Conditional:
                return TryFollowBranch(plan, ref item, max, ref rip);
            case InstructionRole.Call when MayInline(plan, item, max):
                item.Role = InstructionRole.InlinedCall;
                _calls[_callDepth++] = item.NextRip;
                rip = item.Decoded.NearBranchTarget;
                return true;
            case InstructionRole.Return when _callDepth > 0 && item.Decoded.OpCount == 0
                && plan.Count < max:
                item.Role = InstructionRole.CheckedReturn;
                item.SideExit = rip = _calls[--_callDepth];
                return true;
            case InstructionRole.IndirectJump when plan.Count < max
                && TryFindTarget(item, out ulong target) && MayGoTo(plan, target):
                item.Role = InstructionRole.CheckedJump;
                item.SideExit = rip = target;
                return true;
            default:
                plan.End = BlockEnd.Terminator;
                return false;
        }
    }

    /// <summary>Where a jump through a fixed place in memory, such as that of a procedure linkage
    /// table, leads at this time.</summary>
    private bool TryFindTarget(in GuestInstruction item, out ulong target)
    {
        target = 0;
        return options.InlineCalls && item.Decoded.IsIPRelativeMemoryOperand
            && item.Segment == GuestSegment.None
            && reader.TryReadWord(item.Decoded.IPRelativeMemoryAddress, out target);
    }

    private bool MayInline(BlockPlan plan, in GuestInstruction item, int max)
    {
        return options.InlineCalls && plan.Count < max / 2 && _callDepth < CallDepthMax
            && MayGoTo(plan, item.Decoded.NearBranchTarget);
    }

    private bool MayGoTo(BlockPlan plan, ulong target) =>
        target != plan.Head && !_visited.Contains(target)
            && target >= options.Window.LowestAddress && options.Window.MayHoldCode(target);

    /// <summary>Forward branches are expected not to be taken, backward ones to be.</summary>
    private static bool TryFollowBranch(
        BlockPlan plan, ref GuestInstruction item, int max, ref ulong rip)
    {
        ulong target = item.Decoded.NearBranchTarget;
        byte condition = ConditionNumber(item.Decoded.ConditionCode);
        bool backward = target <= item.Rip;
        if (!backward || max == 1)
        {
            item.Condition = condition;
            item.SideExit = target;
            rip = item.NextRip;
            return true;
        }

        item.Condition = (byte)(condition ^ 1);
        item.SideExit = item.NextRip;
        rip = target;
        if (target == plan.Head)
        {
            return true;
        }

        CutBefore(plan, target);
        return false;
    }

    private static void CutBefore(BlockPlan plan, ulong rip)
    {
        if (plan.End != BlockEnd.Helper)
        {
            plan.End = BlockEnd.Link;
            plan.LinkRip = rip;
        }
    }

    /// <summary>gem5's m5ops are the undefined opcode 0F 04 and a 16-bit function number.</summary>
    private void RecogniseRegionMark(ref GuestInstruction item, ulong rip)
    {
        if (!item.Decoded.IsInvalid || reader.Peek(rip) != 0x0F || reader.Peek(rip + 1) != 4
            || reader.Peek(rip + 2) < 0 || reader.Peek(rip + 3) < 0)
        {
            return;
        }

        int function = reader.Peek(rip + 2) | (reader.Peek(rip + 3) << 8);
        item.Role = InstructionRole.Exit;
        item.Exit = ExitKind.RegionMark;
        item.RegionMark = (ushort)function;
        item.Decoded.Length = 4;
        item.Decoded.NextIP = rip + 4;
    }

    private static byte ConditionNumber(ConditionCode code) => code switch
    {
        ConditionCode.o => 0,
        ConditionCode.no => 1,
        ConditionCode.b => 2,
        ConditionCode.ae => 3,
        ConditionCode.e => 4,
        ConditionCode.ne => 5,
        ConditionCode.be => 6,
        ConditionCode.a => 7,
        ConditionCode.s => 8,
        ConditionCode.ns => 9,
        ConditionCode.p => 10,
        ConditionCode.np => 11,
        ConditionCode.l => 12,
        ConditionCode.ge => 13,
        ConditionCode.le => 14,
        ConditionCode.g => 15,
        _ => throw new ArgumentOutOfRangeException(nameof(code)),
    };
}
