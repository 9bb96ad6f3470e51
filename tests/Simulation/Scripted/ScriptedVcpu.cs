using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Dilaton.Core;

namespace Dilaton.Tests.Simulation;

public sealed class ScriptedVcpu : IVcpu
{
    public const int FilterEntries = 64;

    private readonly ScriptedEngine _engine;
    private readonly ScriptInstruction[] _program;
    private readonly IMemoryEventSink _sink;
    private readonly ulong[] _addresses;
    private readonly byte[] _sizes;
    private readonly MemoryEventKind[] _kinds;
    private readonly uint[] _offsets;
    private readonly uint[] _distances;
    private readonly List<BranchEvent> _branches = [];
    private readonly ulong[] _filter = new ulong[FilterEntries];
    private readonly bool[] _filterWritable = new bool[FilterEntries];
    private GuestRegisters _registers;
    private SuppressedHits _suppressed;
    private int _recordCount;
    private ulong _units;
    private ulong _sliceStart;
    private ulong _lastLoad;
    private ulong _instructions;

    public ScriptedVcpu(
        ScriptedEngine engine,
        VcpuId id,
        ScriptInstruction[] program,
        IMemoryEventSink sink,
        int recordsPerBlock)
    {
        _engine = engine;
        Id = id;
        _program = program;
        _sink = sink;
        _addresses = new ulong[recordsPerBlock];
        _sizes = new byte[recordsPerBlock];
        _kinds = new MemoryEventKind[recordsPerBlock];
        _offsets = new uint[recordsPerBlock];
        _distances = new uint[recordsPerBlock];
        FlushFilter();
    }

    public VcpuId Id { get; }

    public ref GuestRegisters Registers => ref _registers;

    public Span<byte> ExtendedState => [];

    public ulong DroppedLines { get; private set; }

    public CoreCost Cost { get; set; }

    public void Enter(IGuestAddressSpace space)
    {
    }

    public VcpuExit Run(uint budgetUnits)
    {
        _engine.RunCount++;
        _engine.Slices?.Add(Id.Index);
        Begin();
        ExitReason reason = ExitReason.BudgetExhausted;
        int code = 0;
        while (_units < budgetUnits)
        {
            ScriptInstruction instruction = _program[_registers.Rip];
            if (IsWindow(instruction.Op))
            {
                reason = ExitReason.WindowAccess;
                break;
            }

            Execute(instruction);
            if (Stops(instruction, out reason, out code))
            {
                break;
            }
        }

        Flush();
        return new VcpuExit
        {
            Reason = reason,
            Instructions = _instructions,
            Units = _units,
            Code = code,
            Window = reason == ExitReason.WindowAccess ? Window() : default,
        };
    }

    public VcpuExit RunWindowAccess(in WindowAccess access, Span<byte> bytes)
    {
        Begin();
        ScriptInstruction instruction = _program[_registers.Rip];
        ulong value = bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Execute(instruction);
        _registers.Rax = instruction.Op == ScriptOp.WindowLoad ? value : _registers.Rax;
        value = instruction.Op == ScriptOp.WindowStore ? _registers.Rbx : value + 1;
        if (!bytes.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        }

        Flush();
        return new VcpuExit
        {
            Reason = ExitReason.BudgetExhausted,
            Instructions = _instructions,
            Units = _units,
        };
    }

    public bool TryFindSpin(int instructionsMax, out SpinIteration iteration)
    {
        GuestRegisters start = _registers;
        Begin();
        ulong loads = 0;
        bool found = false;
        for (int i = 0; i < instructionsMax && !found; i++)
        {
            ScriptInstruction instruction = _program[_registers.Rip];
            if (instruction.Op is ScriptOp.Store or ScriptOp.Modify or ScriptOp.SystemCall
                or ScriptOp.Timestamp or ScriptOp.Mark || IsWindow(instruction.Op))
            {
                break;
            }

            loads += instruction.Op == ScriptOp.Load ? 1UL : 0;
            Execute(instruction);
            found = _registers == start;
        }

        Flush();
        iteration = new SpinIteration(_instructions, _units, loads);
        return found;
    }

    public void DropFilterLines(ReadOnlySpan<GuestPhysicalAddress> lines)
    {
        DroppedLines += (ulong)lines.Length;
        foreach (GuestPhysicalAddress line in lines)
        {
            int entry = (int)((line.Value >> 6) % FilterEntries);
            if (_filter[entry] == line.Value)
            {
                _filter[entry] = ulong.MaxValue;
                _filterWritable[entry] = false;
            }
        }
    }

    public void FlushFilter()
    {
        Array.Fill(_filter, ulong.MaxValue);
        Array.Clear(_filterWritable);
    }

    private static bool IsWindow(ScriptOp op) =>
        op is ScriptOp.WindowLoad or ScriptOp.WindowStore or ScriptOp.WindowModify;

    private WindowAccess Window()
    {
        ScriptInstruction instruction = _program[_registers.Rip];
        MemoryEventKind kind = instruction.Op switch
        {
            ScriptOp.WindowLoad => MemoryEventKind.Load,
            ScriptOp.WindowStore => MemoryEventKind.Store,
            _ => MemoryEventKind.Modify,
        };
        return new WindowAccess(
            instruction.A, new GuestPhysicalAddress(instruction.A), 8, kind, null);
    }

    private void Begin()
    {
        _sliceStart += _units;
        _units = 0;
        _instructions = 0;
    }

    private bool Stops(ScriptInstruction instruction, out ExitReason reason, out int code)
    {
        code = 0;
        switch (instruction.Op)
        {
            case ScriptOp.Pause:
                reason = ExitReason.Pause;
                return true;
            case ScriptOp.Timestamp:
                reason = ExitReason.TimestampRead;
                return true;
            case ScriptOp.SystemCall:
                reason = ExitReason.SystemCall;
                _registers.Rax = instruction.A;
                _registers.Rdi = instruction.B;
                return true;
            case ScriptOp.Mark:
                reason = ExitReason.RegionMark;
                code = (int)instruction.A;
                _registers.Rdi = instruction.B;
                _registers.Rsi = 0;
                return true;
            default:
                reason = ExitReason.BudgetExhausted;
                return false;
        }
    }

    private void Execute(ScriptInstruction instruction)
    {
        ulong next = _registers.Rip + 1;
        switch (instruction.Op)
        {
            case ScriptOp.Load:
                Access(instruction.A, MemoryEventKind.Load);
                _registers.Rax = _engine.Memory.GetValueOrDefault(instruction.A);
                break;
            case ScriptOp.LoadAcross:
                Access(instruction.A, MemoryEventKind.Load);
                Access(instruction.A + 64, MemoryEventKind.Load);
                break;
            case ScriptOp.Store:
                Access(instruction.A, MemoryEventKind.Store);
                _engine.Memory[instruction.A] = _registers.Rbx;
                break;
            case ScriptOp.Modify:
                Access(instruction.A, MemoryEventKind.Modify);
                _engine.Memory[instruction.A] =
                    _engine.Memory.GetValueOrDefault(instruction.A) + 1;
                break;
            case ScriptOp.Set:
                _registers.Rbx = instruction.A;
                break;
            case ScriptOp.SetCounter:
                _registers.Rcx = instruction.A;
                break;
            case ScriptOp.Loop:
                next = --_registers.Rcx == 0 ? next : instruction.A;
                Branch(next == instruction.A, ofLoad: false);
                break;
            case ScriptOp.JumpIfZero:
                next = _registers.Rax == 0 ? instruction.A : next;
                Branch(next == instruction.A, ofLoad: true);
                break;
            case ScriptOp.Jump:
                next = instruction.A;
                break;
            default:
                break;
        }

        _registers.Rip = next;
        _instructions++;
        _units += Cost.UnitsPerInstruction;
        if (instruction.Op is ScriptOp.Load or ScriptOp.LoadAcross or ScriptOp.Modify)
        {
            _units += Cost.UnitsPerLoad;
        }
    }

    private void Access(ulong address, MemoryEventKind kind)
    {
        if (_engine.Level == MemoryEventLevel.Off)
        {
            return;
        }

        if (_engine.Level == MemoryEventLevel.Filtered && IsSureHit(address, kind))
        {
            _suppressed += new SuppressedHits(
                kind == MemoryEventKind.Load ? 1UL : 0,
                kind == MemoryEventKind.Store ? 1UL : 0,
                kind == MemoryEventKind.Modify ? 1UL : 0,
                0,
                0);
            return;
        }

        _addresses[_recordCount] = address;
        _sizes[_recordCount] = 8;
        _kinds[_recordCount] = kind;
        _offsets[_recordCount] = (uint)_units;
        _distances[_recordCount] = DistanceOf(address);
        _lastLoad = kind == MemoryEventKind.Load ? _sliceStart + _units : _lastLoad;
        if (++_recordCount == _addresses.Length)
        {
            Flush();
        }
    }

    private void Branch(bool isTaken, bool ofLoad)
    {
        if (_engine.Level != MemoryEventLevel.Off && Cost.RecordsBranches)
        {
            ulong distance = ofLoad && _lastLoad > 0 && Cost.TracksProducers ? _sliceStart + _units - _lastLoad : 0;
            _branches.Add(new BranchEvent(
                _registers.Rip, (uint)_units, (uint)Math.Min(uint.MaxValue, distance), isTaken));
        }
    }

    /// <summary>As if the addresses of odd lines came from the last load.</summary>
    private uint DistanceOf(ulong address) => (address & 64) == 0 || _lastLoad == 0
        ? 0
        : (uint)Math.Min(uint.MaxValue, _sliceStart + _units - _lastLoad);

    private bool IsSureHit(ulong address, MemoryEventKind kind)
    {
        ulong line = address & ~63UL;
        int entry = (int)((line >> 6) % FilterEntries);
        bool writes = kind != MemoryEventKind.Load;
        bool hit = _filter[entry] == line && (!writes || _filterWritable[entry]);
        _filterWritable[entry] = writes || (_filter[entry] == line && _filterWritable[entry]);
        _filter[entry] = line;
        return hit;
    }

    private void Flush()
    {
        if (_recordCount == 0 && _branches.Count == 0 && _suppressed == default)
        {
            return;
        }

        var block = new MemoryEventBlock
        {
            Vcpu = Id,
            Addresses = _addresses.AsSpan(0, _recordCount),
            Sizes = _sizes.AsSpan(0, _recordCount),
            Kinds = _kinds.AsSpan(0, _recordCount),
            Offsets = _offsets.AsSpan(0, _recordCount),
            Distances = Cost.TracksProducers ? _distances.AsSpan(0, _recordCount) : [],
            Branches = CollectionsMarshal.AsSpan(_branches),
            Suppressed = _suppressed,
        };
        _sink.Append(block);
        _recordCount = 0;
        _branches.Clear();
        _suppressed = default;
    }
}
