using System.Runtime.Intrinsics.X86;
using Dilaton.Core;
using Dilaton.Guest;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>Runs a node's guest code from a code cache in this process. Guest memory lies at its
/// own addresses in the process. All vCPUs are called from one thread at a time.</summary>
public sealed class TranslatorEngine : IVcpuEngine, ICodeObserver
{
    private const uint CostMax = 1 << 20;

    private readonly BlockTranslator _translator;
    private readonly RecordBuffer _recordBuffer;
    private readonly TranslatorVcpu[] _vcpus;
    private readonly SoftTlb _tlb;
    private MemoryEventLevel _level;
    private CoreCost _cost = new(Ratio.One, 0);

    public TranslatorEngine(
        TranslatorOptions options, IGuestAddressSpace memory, IMemoryEventSink sink)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(sink);
        options.Validate();
        RequireHostFeatures();
        HostFaultHandler.Install(options.Window);
        _recordBuffer = new RecordBuffer(options.Window, options.VcpuCount);
        _translator = new BlockTranslator(options, memory, _recordBuffer);
        _tlb = new SoftTlb(memory);
        CpuidTable cpuid = new(options.VcpuCount, options.LineSizeBytes, options.Caches);
        LineFilter filter = new(options);
        _vcpus = new TranslatorVcpu[options.VcpuCount];
        for (int i = 0; i < _vcpus.Length; i++)
        {
            RecordDecoder decoder = new(new VcpuId(i), _translator.Tables, sink, _tlb);
            _vcpus[i] = new TranslatorVcpu(
                new VcpuId(i), _translator, _recordBuffer, decoder, filter, cpuid, memory);
        }

        Configure();
        memory.Observe(this);
    }

    public EngineTraits Traits => EngineTraits.StopsAtExactInstruction
        | EngineTraits.SeesEveryAccess | EngineTraits.DilatesTsc | EngineTraits.Deterministic;

    public IReadOnlyList<IVcpu> Vcpus => _vcpus;

    /// <inheritdoc/>
    public void SetEvents(MemoryEventLevel level, CoreCost cost)
    {
        // Window accesses fault, and leave the engine, at any level.
        level = level == MemoryEventLevel.Window ? MemoryEventLevel.Off : level;
        if (level == _level && cost == _cost)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfZero(cost.UnitsPerInstruction);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cost.UnitsPerInstruction, CostMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cost.UnitsPerLoad, CostMax);
        _level = level;
        _cost = cost;
        Configure();
    }

    /// <inheritdoc/>
    public void CodeChanged(ulong start, ulong lengthBytes)
    {
        if (_translator.HasCodeIn(start, lengthBytes))
        {
            _translator.Forget();
        }
    }

    /// <inheritdoc/>
    public void MappingChanged(ulong start, ulong lengthBytes)
    {
        CodeChanged(start, lengthBytes);
        _tlb.Flush();
        foreach (TranslatorVcpu vcpu in _vcpus)
        {
            vcpu.FlushFilter();
        }
    }

    public void Dispose()
    {
        _recordBuffer.Dispose();
        _translator.Dispose();
    }

    private static void RequireHostFeatures()
    {
        // By CPUID, since these two aren't in the baseline that the product is compiled for.
        const int AesAndPclmulqdq = (1 << 25) | (1 << 1);
        const int FsGsBase = 1;
        bool suitable = Avx2.IsSupported && Fma.IsSupported && Bmi1.IsSupported
            && Bmi2.X64.IsSupported && Lzcnt.IsSupported && Popcnt.IsSupported
            && (X86Base.CpuId(1, 0).Ecx & AesAndPclmulqdq) == AesAndPclmulqdq
            && (X86Base.CpuId(7, 0).Ebx & FsGsBase) != 0;
        if (!suitable)
        {
            throw new PlatformNotSupportedException(
                "the translator needs a host with x86-64-v3, AES, PCLMULQDQ and FSGSBASE");
        }
    }

    private void Configure()
    {
        _translator.Configure(_level, _cost);
        foreach (TranslatorVcpu vcpu in _vcpus)
        {
            vcpu.Configure(_level, _cost);
        }
    }
}
