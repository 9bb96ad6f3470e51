using Dilaton.Core;
using Dilaton.Native;
using Dilaton.Translator;
using Iced.Intel;

namespace Dilaton.Tests.Unit.Translator;

/// <summary>A guest of one code region and one data region, and an engine that runs it.</summary>
internal sealed class TestGuest : IGuestAddressSpace, IMemoryEventSink, IDisposable
{
    public delegate void BlockLook(in MemoryEventBlock block);

    private const int RegionBytes = 1 << 20;

    private readonly List<TestRecord> _records = [];
    private readonly HashSet<ulong> _watched = [];
    private readonly LowMemory _code;
    private readonly LowMemory _data;
    private readonly List<ICodeObserver> _observers = [];

    public TestGuest(Action<Assembler> program, TranslatorOptions? options = null)
    {
        AddressWindow window = options?.Window ?? AddressWindow.First;
        ulong low = window.PositionIndependentImage;
        _code = LowMemory.Map(low, window.ModulesStart, RegionBytes, executable: false);
        _data = LowMemory.Map(low, window.ModulesStart, RegionBytes, executable: false);
        Write(0, program);
        Engine = new TranslatorEngine(
            options ?? new TranslatorOptions { VcpuCount = 1 }, this, this);
        Vcpu.Registers.Rip = CodeStart;
        Vcpu.Registers.Rsp = DataStart + RegionBytes - 256;
        Vcpu.Registers.Rdi = DataStart;
    }

    public TranslatorEngine Engine { get; }

    public IVcpu Vcpu => Engine.Vcpus[0];

    public ulong CodeStart => _code.Address;

    public ulong DataStart => _data.Address;

    public Span<byte> Data => _data.Span;

    public IReadOnlyList<TestRecord> Records => _records;

    /// <summary>Of the accesses that read: offset, and distance to the producer.</summary>
    public List<(uint Offset, uint Distance)> Distances { get; } = [];

    public List<BranchEvent> Branches { get; } = [];

    public bool KeepRecords { get; set; } = true;

    /// <summary>Sees each block; null: nobody does.</summary>
    public BlockLook? Look { get; set; }

    public SuppressedHits Suppressed { get; private set; }

    public void Write(int offset, Action<Assembler> program)
    {
        Assembler assembler = new(64);
        program(assembler);
        using MemoryStream stream = new();
        assembler.Assemble(new StreamCodeWriter(stream), CodeStart + (ulong)offset);
        stream.ToArray().CopyTo(_code.Span[offset..]);
    }

    public void WriteBytes(int offset, ReadOnlySpan<byte> bytes) =>
        bytes.CopyTo(_code.Span[offset..]);

    public void TellCodeChanged() =>
        _observers.ForEach(observer => observer.CodeChanged(CodeStart, RegionBytes));

    public void ForgetRecords()
    {
        _records.Clear();
        Suppressed = default;
    }

    public int FetchCode(ulong address, Span<byte> destination)
    {
        ulong offset = address - CodeStart;
        if (offset >= RegionBytes)
        {
            return 0;
        }

        int length = (int)Math.Min((ulong)destination.Length, RegionBytes - offset);
        _code.Span.Slice((int)offset, length).CopyTo(destination);
        return length;
    }

    public bool TryReadWord(ulong address, out ulong value)
    {
        ulong offset = address - CodeStart;
        value = offset < RegionBytes - 7 ? BitConverter.ToUInt64(_code.Span[(int)offset..]) : 0;
        return offset < RegionBytes - 7;
    }

    public GuestPhysicalAddress Translate(GuestVirtualAddress address) => new(address.Value);

    public bool TryTranslate(GuestVirtualAddress address, out GuestPhysicalAddress physical)
    {
        physical = new GuestPhysicalAddress(address.Value);
        return address.Value >= DataStart && address.Value < DataStart + RegionBytes;
    }

    public void WatchCode(ulong pageAddress) => _watched.Add(pageAddress);

    public void Observe(ICodeObserver observer) => _observers.Add(observer);

    public void Ignore(ICodeObserver observer) => _observers.Remove(observer);

    public void Append(in MemoryEventBlock block)
    {
        for (int i = 0; i < block.Count && KeepRecords; i++)
        {
            _records.Add(new TestRecord(
                block.Addresses[i], block.Sizes[i], block.Kinds[i], block.Offsets[i]));
        }

        for (int i = 0; i < block.Distances.Length; i++)
        {
            if (block.Kinds[i] == MemoryEventKind.Load)
            {
                Distances.Add((block.Offsets[i], block.Distances[i]));
            }
        }

        Branches.AddRange(block.Branches);
        Suppressed += block.Suppressed;
        Look?.Invoke(block);
    }

    public void Dispose()
    {
        Engine.Dispose();
        _code.Dispose();
        _data.Dispose();
    }
}
