using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>Emits what counts and records. The counter is units alone with events off, else
/// units in its upper half and the record cursor in its lower.
/// <list type="bullet">
/// <item>Full: the head reserves [header, captured values]; the values are stored as their
/// instructions come, the header (number of the path) at the end.</item>
/// <item>Filtered: the head reserves nothing; each access that the filter does not know appends
/// [template, address], and the end appends the path's number.</item>
/// </list></summary>
internal sealed class BlockInstrumenter(
    X64Emitter code,
    AddressPlan addresses,
    TranslatorOptions options)
{
    private const int WordBytes = 8;

    private readonly List<Constant> _constants = [];
    private readonly FilterEmitter _filter = new(code, addresses, options);
    private BlockPlan? _plan;
    private RegisterPlan _registers;
    private MemoryEventLevel _level;
    private int _nextCapture;

    /// <summary>Bytes of the record buffer that the head reserves.</summary>
    public int ReservedBytes { get; private set; }

    public void Begin(BlockPlan plan, in RegisterPlan registers, MemoryEventLevel level)
    {
        _plan = plan;
        _registers = registers;
        _level = level;
        _constants.Clear();
        _nextCapture = 0;
        bool records = level == MemoryEventLevel.Full && plan.Count > 0;
        ReservedBytes = records ? WordBytes * (1 + addresses.ValueCount) : 0;
        if (level == MemoryEventLevel.Filtered)
        {
            _filter.Begin(plan, registers);
        }
    }

    public long CounterDelta(long units, int recordBytes) =>
        _level == MemoryEventLevel.Off ? units : (units << 32) + recordBytes;

    public void AddToCounterSettingFlags(long delta)
    {
        if (_level == MemoryEventLevel.Off)
        {
            code.SubtractFromCounter(checked((int)-delta));
            return;
        }

        _constants.Add(new Constant(code.AddToCounterFromConstant(), delta));
    }

    /// <summary>Pushes a return address onto the guest's stack.</summary>
    public void Push(ulong address)
    {
        if (address <= int.MaxValue)
        {
            code.WriteByte(0x68);
            code.Dword((int)address);
            return;
        }

        _constants.Add(new Constant(code.PushConstant(), (long)address));
    }

    /// <summary>Notes the way through the block's first instructions.</summary>
    /// <returns>Its number; without events there are none.</returns>
    public int AddPath(int instructions, InstructionRole exit) =>
        _level == MemoryEventLevel.Off ? 0 : addresses.AddPath(instructions, exit);

    /// <summary>Records what must be taken before the instruction runs.</summary>
    public void Before(int instruction)
    {
        if (_level == MemoryEventLevel.Filtered)
        {
            _filter.Before(instruction);
            return;
        }

        while (_level == MemoryEventLevel.Full && _nextCapture < addresses.Captures.Count
            && addresses.Captures[_nextCapture].Instruction == instruction)
        {
            EmitCapture(addresses.Captures[_nextCapture++]);
        }
    }

    /// <summary>The block ends as its plan says.</summary>
    public void Header(int path)
    {
        if (_plan!.Count == 0)
        {
            return;
        }

        if (_level == MemoryEventLevel.Full)
        {
            code.StoreRecordImmediate32(-ReservedBytes, (uint)path);
        }
        else if (_level == MemoryEventLevel.Filtered)
        {
            AppendHeader(path);
        }
    }

    /// <summary>A side exit: the rest of the block has not run.</summary>
    public void CorrectCounter(int path, int unitsBack, int valueCount)
    {
        int recordBytes = 0;
        if (_level == MemoryEventLevel.Full)
        {
            code.StoreRecordImmediate32(-ReservedBytes, (uint)path);
            recordBytes = (WordBytes * (1 + valueCount)) - ReservedBytes;
        }
        else if (_level == MemoryEventLevel.Filtered)
        {
            AppendHeader(path);
        }

        long delta = CounterDelta(unitsBack, recordBytes);
        if (delta is >= int.MinValue and <= int.MaxValue)
        {
            code.AddToCounter(delta, X64Emitter.None);
        }
        else if (_registers.Temporary >= 0)
        {
            code.AddToCounter(delta, _registers.Temporary);
        }
        else
        {
            code.Spill(X64Emitter.Rcx);
            code.AddToCounter(delta, X64Emitter.Rcx);
            code.Unspill(X64Emitter.Rcx);
        }
    }

    public void EmitConstants()
    {
        if (_level == MemoryEventLevel.Filtered)
        {
            _filter.EmitMisses();
        }

        if (_constants.Count == 0)
        {
            return;
        }

        code.Align(WordBytes);
        for (int i = 0; i < _constants.Count; i++)
        {
            code.Bind(_constants[i].Position);
            code.Quad(_constants[i].Value);
        }
    }

    private void AppendHeader(int path)
    {
        code.StoreRecordImmediate32(0, (uint)path);
        code.Lea(X64Emitter.Counter, X64Emitter.Counter, WordBytes);
    }

    private void EmitCapture(in CaptureSpec capture)
    {
        int at = (WordBytes * (1 + capture.Slot)) - ReservedBytes;
        if (capture.Index < 0)
        {
            code.StoreRecord(at, _registers.Host(capture.Base));
            return;
        }

        int from = capture.Base < 0 ? X64Emitter.None : _registers.Host(capture.Base);
        code.Lea(
            _registers.Temporary, from, _registers.Host(capture.Index), capture.Scale, 0);
        code.StoreRecord(at, _registers.Temporary);
    }

    private readonly record struct Constant(int Position, long Value);
}
