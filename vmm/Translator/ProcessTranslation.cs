using Dilaton.Core;
using Dilaton.Guest;

namespace Dilaton.Translator;

/// <summary>What an engine has of one process: its translations, and what each vCPU needs to run
/// them. Guest state is not in it but in the vCPUs' contexts, so it can be dropped and made anew at
/// any time between two slices.</summary>
internal sealed class ProcessTranslation : ICodeObserver, IDisposable
{
    private readonly IGuestAddressSpace _space;
    private readonly BlockTranslator _translator;
    private readonly SoftTlb _tlb;
    private readonly TranslatorVcpu[] _vcpus;

    public ProcessTranslation(
        TranslatorOptions options,
        IGuestAddressSpace space,
        RecordBuffer recordBuffer,
        IMemoryEventSink sink,
        CpuidTable cpuid)
    {
        _space = space;
        _translator = new BlockTranslator(options, space, recordBuffer);
        _tlb = new SoftTlb(space);
        LineFilter filter = new(options);
        _vcpus = new TranslatorVcpu[options.VcpuCount];
        for (int i = 0; i < _vcpus.Length; i++)
        {
            VcpuId id = new(i);
            RecordDecoder decoder = new(id, _translator.Tables, sink, _tlb, _translator.Places);
            _vcpus[i] = new TranslatorVcpu(
                id, _translator, recordBuffer, decoder, filter, cpuid, space, options.Watch);
        }

        space.Observe(this);
    }

    public bool IsDropped { get; private set; }

    /// <summary>When a vCPU entered it last, counted in entries.</summary>
    public ulong LastEntry { get; set; }

    public TranslatorVcpu VcpuOf(VcpuId id) => _vcpus[id.Index];

    public void Configure(MemoryEventLevel level, in CoreCost cost)
    {
        _translator.Configure(level, cost);
        foreach (TranslatorVcpu vcpu in _vcpus)
        {
            vcpu.Configure(level, cost);
        }
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
            vcpu.FlushOwnFilter();
        }
    }

    /// <inheritdoc/>
    public void Ended() => Dispose();

    public void Dispose()
    {
        if (IsDropped)
        {
            return;
        }

        IsDropped = true;
        foreach (TranslatorVcpu vcpu in _vcpus)
        {
            vcpu.Leave();
        }

        _space.Ignore(this);
        _translator.Dispose();
    }
}
