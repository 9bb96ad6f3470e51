using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>Emits the line filter's checks. Per vCPU there is one tag (line number) per group of
/// lines, a group being chosen by page-offset bits only: the line touched last in the group.
/// Groups are at least as coarse as the sets of the L1, so a tag that matches is the most recently
/// used line of its set: a sure hit that leaves the order as it is. Stores compare with tags that
/// are set by stores only, so the first store to a clean line leaves.
/// <list type="number">
/// <item>the group comes from the first byte and the tag from the last, so an access that crosses
/// a line never matches;</item>
/// <item>a miss appends [template | miss bit, address] and makes its line, or both lines, the
/// group's tag.</item>
/// </list></summary>
internal sealed class FilterEmitter(
    X64Emitter code, AddressPlan addresses, TranslatorOptions options)
{
    public const uint MissBit = FilteredLoop.MissBit;
    private const int RecordBytes = 16;
    private const int LineShift = 6;
    private const byte ShiftRight = 5;
    private const byte And = 4;

    private readonly List<Miss> _misses = [];
    private BlockPlan? _plan;
    private RegisterPlan _registers;
    private int _template;
    private readonly int _dataGroups = options.DataFilterGroups;
    private readonly int _fetchGroups = options.FetchFilterGroups;

    public void Begin(BlockPlan plan, in RegisterPlan registers)
    {
        _plan = plan;
        _registers = registers;
        _template = addresses.FirstTemplate;
        _misses.Clear();
    }

    /// <summary>The checks of an instruction's fetches and accesses, in their order.</summary>
    public void Before(int instruction)
    {
        ref GuestInstruction item = ref _plan!.Items[instruction];
        int end = addresses.FirstTemplate + (instruction + 1 < _plan.Count
            ? addresses.TemplatesBefore(instruction + 1)
            : addresses.PathOf(instruction + 1).TemplateCount);
        int fetches = end - _template - item.AccessCount;
        if (end == _template)
        {
            return;
        }

        bool keepFlags = item.FlagsLiveBefore;
        if (keepFlags)
        {
            SaveFlags();
        }

        for (int i = 0; i < fetches; i++)
        {
            CheckFetch(
                (addresses.FetchLine(_template) - options.Window.Start) >> LineShift, _template);
            _template++;
        }

        for (int i = 0; i < item.AccessCount; i++)
        {
            CheckAccess(_plan.Accesses[item.FirstAccess + i], keepFlags);
            _template++;
        }

        if (keepFlags)
        {
            RestoreFlags();
        }
    }

    public void EmitMisses()
    {
        for (int i = 0; i < _misses.Count; i++)
        {
            Miss miss = _misses[i];
            code.Bind(miss.Jump);
            if (miss.IsFetch)
            {
                RecordFetch(miss);
            }
            else
            {
                RecordAccess(miss);
            }

            code.JumpTo(code.AddressOf(miss.Back));
        }
    }

    /// <summary>lahf and seto keep all six status flags in rax, whose value goes to its slot.
    /// </summary>
    private void SaveFlags()
    {
        code.Spill(X64Emitter.Rax);
        code.Bytes([0x9F, 0x0F, 0x90, 0xC0]);
    }

    private void RestoreFlags()
    {
        code.Bytes([0x04, 0x7F, 0x9E]);
        code.Unspill(X64Emitter.Rax);
    }

    private void CheckFetch(ulong line, int template)
    {
        int group = (int)(line & (ulong)(_fetchGroups - 1));
        int at = VcpuContextLayout.FetchTags + (group * 8);
        code.Bytes([0x65, 0x48, 0x81, 0x3C, 0x25]);                    // cmp qword gs:[at],line
        code.Dword(at);
        code.Dword(checked((int)line));
        AddMiss(code.JumpIf(5), template, default, line, isFetch: true, raxSaved: false);
    }

    private void CheckAccess(in AccessSpec access, bool raxSaved)
    {
        // The two lines of an access that crosses one differ in their groups only if there are several.
        if (access.Kind is MemoryEventKind.Prefetch or MemoryEventKind.Flush || (_dataGroups == 1 && access.Size > 1))
        {
            AddMiss(code.Jump(), _template, access, 0, isFetch: false, raxSaved);
            return;
        }

        int group = _registers.Temporary;
        int tag = _registers.SecondTemporary;
        Address(access, group, tag, raxSaved);
        code.Lea(tag, group, access.Size - 1);
        Shift(group);
        Shift(tag);
        Mask(group);
        code.WriteByte(0x65);
        code.Memory(0x39, tag, X64Emitter.None, group, 8, TagsOf(access), true);
        AddMiss(code.JumpIf(5), _template, access, 0, isFetch: false, raxSaved);
    }

    private void AddMiss(
        int jump, int template, in AccessSpec access, ulong line, bool isFetch, bool raxSaved) =>
        _misses.Add(new Miss(jump, code.Length, template, access, line, isFetch, raxSaved));

    /// <summary>The guest-virtual address into <paramref name="to"/>.</summary>
    private void Address(in AccessSpec access, int to, int scratch, bool raxSaved)
    {
        int from = Host(access.Base);
        int index = Host(access.Index);
        if (access.IsStatic)
        {
            code.MoveImmediate(to, (ulong)access.Displacement);
        }
        else
        {
            if (raxSaved && (access.Base == X64Emitter.Rax || access.Index == X64Emitter.Rax))
            {
                code.UnspillInto(to, X64Emitter.Rax);
                from = access.Base == X64Emitter.Rax ? to : from;
                index = access.Index == X64Emitter.Rax ? to : index;
            }

            code.Lea(to, from, index, access.Scale, Displacement(access));
            if (access.Address32)
            {
                code.RegisterForm(0x8B, to, to, false);
            }
        }

        if (access.Segment != GuestSegment.None)
        {
            code.LoadContext(scratch, access.Segment == GuestSegment.Fs
                ? VcpuContextLayout.FsBase
                : VcpuContextLayout.GsBase);
            code.Lea(to, to, scratch, 1, 0);
        }
    }

    private static int Displacement(in AccessSpec access) => access.Address32
        ? unchecked((int)access.Displacement)
        : checked((int)access.Displacement);

    private int Host(int register) =>
        register < 0 ? X64Emitter.None : _registers.Host(register);

    private static bool Writes(in AccessSpec access) =>
        access.Kind is not (MemoryEventKind.Load);

    private static int TagsOf(in AccessSpec access) =>
        Writes(access) ? VcpuContextLayout.StoreTags : VcpuContextLayout.LoadTags;

    private void Shift(int register)
    {
        code.RegisterForm(0xC1, ShiftRight, register, true);
        code.WriteByte(LineShift);
    }

    private void Mask(int register)
    {
        code.RegisterForm(0x83, And, register, false);
        code.WriteByte((byte)(_dataGroups - 1));
    }

    private void RecordFetch(in Miss miss)
    {
        int group = (int)(miss.Line & (ulong)(_fetchGroups - 1));
        code.Bytes([0x65, 0x48, 0xC7, 0x04, 0x25]);                    // mov qword gs:[at],line
        code.Dword(VcpuContextLayout.FetchTags + (group * 8));
        code.Dword(checked((int)miss.Line));
        code.StoreRecordImmediate32(0, MissBit | (uint)miss.Template);
        code.Lea(X64Emitter.Counter, X64Emitter.Counter, RecordBytes);
    }

    private void RecordAccess(in Miss miss)
    {
        int group = _registers.Temporary;
        int tag = _registers.SecondTemporary;
        Address(miss.Access, group, tag, miss.RaxSaved);
        code.StoreRecord(8, group);
        code.StoreRecordImmediate32(0, MissBit | (uint)miss.Template);
        code.Lea(X64Emitter.Counter, X64Emitter.Counter, RecordBytes);
        bool hint = miss.Access.Kind is MemoryEventKind.Prefetch or MemoryEventKind.Flush;
        code.Lea(tag, group, miss.Access.Size - 1);
        SetTags(group, tag, miss.Access, hint, first: true);
        SetTags(tag, tag, miss.Access, hint, first: false);
    }

    /// <summary>Makes the line of the address in <paramref name="from"/> its group's last; the
    /// first call must keep the second address.</summary>
    private void SetTags(int from, int second, in AccessSpec access, bool hint, bool first)
    {
        int line = _registers.Temporary;
        int group = _registers.SecondTemporary;
        if (first)
        {
            // The second address waits in the record buffer's free word.
            code.StoreRecord(0, second);
            code.Move(group, from);
        }
        else
        {
            code.LoadRecord(group);
        }

        Shift(group);
        code.Move(line, group);
        Mask(group);
        if (hint)
        {
            code.MoveImmediate(line, 0);
        }

        StoreTag(VcpuContextLayout.LoadTags, group, line);
        if (!Writes(access))
        {
            code.MoveImmediate(line, 0);
        }

        StoreTag(VcpuContextLayout.StoreTags, group, line);
    }

    private void StoreTag(int tags, int group, int line)
    {
        code.WriteByte(0x65);
        code.Memory(0x89, line, X64Emitter.None, group, 8, tags, true);
    }

    private readonly record struct Miss(
        int Jump,
        int Back,
        int Template,
        AccessSpec Access,
        ulong Line,
        bool IsFetch,
        bool RaxSaved);
}
