using System.Runtime.Intrinsics.X86;
using Dilaton.Core;
using Dilaton.Guest;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>Runs a node's guest code from a code cache in this process. Guest memory lies at its
/// own addresses in the process. All vCPUs are called from one thread at a time.</summary>
public sealed class TranslatorEngine : IVcpuEngine
{
    private const uint CostMax = 1 << 20;

    /// <summary>So many code caches fit the engine's range.</summary>
    private const int ProcessesMax = 8;

    private const int FurtherCacheBytes = 16 << 20;

    private readonly TranslatorOptions _options;
    private readonly IMemoryEventSink _sink;
    private readonly CpuidTable _cpuid;
    private readonly RecordBuffer _recordBuffer;
    private readonly List<LevelTranslations> _levels = [];
    private readonly SwitchedVcpu[] _vcpus;
    private ulong _entries;
    private LevelTranslations _current = new(MemoryEventLevel.Off, new CoreCost(Ratio.One, 0));

    public TranslatorEngine(
        TranslatorOptions options, IGuestAddressSpace memory, IMemoryEventSink sink)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(sink);
        options.Validate();
        RequireHostFeatures();
        HostFaultHandler.Install(options.Window);
        _options = options;
        _sink = sink;
        _cpuid = new CpuidTable(options.VcpuCount, options.LineSizeBytes, options.Caches);
        _recordBuffer = new RecordBuffer(options.Window, options.VcpuCount);
        _levels.Add(_current);
        ProcessTranslation first = TranslationOf(memory);
        _vcpus = new SwitchedVcpu[options.VcpuCount];
        for (int i = 0; i < _vcpus.Length; i++)
        {
            VcpuId id = new(i);
            _vcpus[i] = new SwitchedVcpu(id, _recordBuffer.ContextOf(id), this, memory, first);
            _vcpus[i].FlushFilter();
        }
    }

    /// <summary>What every one of its kind has.</summary>
    public static EngineTraits Offered => EngineTraits.StopsAtExactInstruction
        | EngineTraits.SeesEveryAccess | EngineTraits.DilatesTsc | EngineTraits.Deterministic
        | EngineTraits.SwitchesProcesses;

    public EngineTraits Traits => Offered;

    public IReadOnlyList<IVcpu> Vcpus => _vcpus;

    /// <inheritdoc/>
    public void SetEvents(MemoryEventLevel level, CoreCost cost)
    {
        level = LevelOf(level);
        if (!_current.Is(level, cost))
        {
            CheckCost(cost);
            _current.Configure(level, cost);
        }
    }

    /// <inheritdoc/>
    public void SwitchEvents(MemoryEventLevel level, CoreCost cost)
    {
        level = LevelOf(level);
        if (_current.Is(level, cost))
        {
            return;
        }

        CheckCost(cost);
        LevelTranslations? known = _levels.Find(each => each.Is(level, cost));
        if (known is null)
        {
            known = new LevelTranslations(level, cost);
            _levels.Add(known);
        }

        _current = known;
        foreach (SwitchedVcpu vcpu in _vcpus)
        {
            vcpu.Resolve();
            if (level == MemoryEventLevel.Filtered)
            {
                // What ran at another level was seen by the caches, and not by the filter.
                vcpu.FlushFilter();
            }
        }
    }

    public void Dispose()
    {
        foreach (LevelTranslations level in _levels)
        {
            level.Dispose();
        }

        _recordBuffer.Dispose();
    }

    /// <summary>What there is of a process at the level in force; made if need be, in place of what no
    /// vCPU has entered for longest.</summary>
    internal ProcessTranslation TranslationOf(IGuestAddressSpace space)
    {
        if (!_current.Processes.TryGetValue(space, out ProcessTranslation? process) || process.IsDropped)
        {
            MakeRoom();
            TranslatorOptions options = _entries == 0
                ? _options
                : _options with { CodeCacheBytes = Math.Min(_options.CodeCacheBytes, FurtherCacheBytes) };
            process = new ProcessTranslation(options, space, _recordBuffer, _sink, _cpuid);
            process.Configure(_current.Level, _current.Cost);
            _current.Processes[space] = process;
        }

        process.LastEntry = ++_entries;
        return process;
    }

    private void MakeRoom()
    {
        LevelTranslations? holder = null;
        int count = 0;
        foreach (LevelTranslations level in _levels)
        {
            level.RemoveDropped();
            count += level.Processes.Count;
            if (level.Processes.Count > 0 && (holder is null || level.LeastEntry < holder.LeastEntry))
            {
                holder = level;
            }
        }

        if (count >= ProcessesMax)
        {
            holder!.DropOldest();
        }
    }

    /// <summary>Window accesses fault, and leave the engine, at any level.</summary>
    private static MemoryEventLevel LevelOf(MemoryEventLevel level) =>
        level == MemoryEventLevel.Window ? MemoryEventLevel.Off : level;

    private static void CheckCost(CoreCost cost)
    {
        ArgumentOutOfRangeException.ThrowIfZero(cost.UnitsPerInstruction);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cost.UnitsPerInstruction, CostMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cost.UnitsPerLoad, CostMax);
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
}
