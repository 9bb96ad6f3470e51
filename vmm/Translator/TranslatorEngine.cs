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

    /// <summary>Of each vCPU; all the same unless cores are not alike.</summary>
    private readonly LevelTranslations[] _current;

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
        LevelTranslations start = new(MemoryEventLevel.Off, new CoreCost(Ratio.One, 0));
        _levels.Add(start);
        _current = new LevelTranslations[options.VcpuCount];
        Array.Fill(_current, start);
        ProcessTranslation first = TranslationOf(memory, new VcpuId(0));
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
        Invariant.Require(IsUniform, "what cores that are not alike cost is set together");
        level = LevelOf(level);
        if (!_current[0].Is(level, cost))
        {
            CheckCost(cost);
            _current[0].Configure(level, cost);
        }
    }

    /// <inheritdoc/>
    public void SetEvents(MemoryEventLevel level, IReadOnlyList<CoreCost> costs)
    {
        ArgumentNullException.ThrowIfNull(costs);
        Invariant.Require(costs.Count == _vcpus.Length);
        level = LevelOf(level);
        if (_entries == 1 && _levels.Count == 1)
        {
            // Nothing has run: the largest code cache is for the first kind of core.
            SetEvents(level, costs[0]);
        }

        for (int i = 0; i < _vcpus.Length; i++)
        {
            _current[i] = Known(level, costs[i]);
        }

        foreach (SwitchedVcpu vcpu in _vcpus)
        {
            vcpu.Resolve();
            vcpu.FlushFilter();
        }
    }

    /// <inheritdoc/>
    public void SwitchEvents(MemoryEventLevel level, CoreCost cost)
    {
        Invariant.Require(IsUniform, "what cores that are not alike cost is set together");
        level = LevelOf(level);
        if (_current[0].Is(level, cost))
        {
            return;
        }

        Array.Fill(_current, Known(level, cost));
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

    private bool IsUniform => Array.TrueForAll(_current, each => each == _current[0]);

    /// <summary>What there is of a process at the level and cost that the vCPU has; made if need be, in place of
    /// what no vCPU has entered for longest.</summary>
    internal ProcessTranslation TranslationOf(IGuestAddressSpace space, VcpuId vcpu)
    {
        LevelTranslations current = _current[vcpu.Index];
        if (!current.Processes.TryGetValue(space, out ProcessTranslation? process) || process.IsDropped)
        {
            MakeRoom();
            TranslatorOptions options = _entries == 0
                ? _options
                : _options with { CodeCacheBytes = Math.Min(_options.CodeCacheBytes, FurtherCacheBytes) };
            process = new ProcessTranslation(options, space, _recordBuffer, _sink, _cpuid);
            process.Configure(current.Level, current.Cost);
            current.Processes[space] = process;
        }

        process.LastEntry = ++_entries;
        return process;
    }

    private LevelTranslations Known(MemoryEventLevel level, CoreCost cost)
    {
        LevelTranslations? known = _levels.Find(each => each.Is(level, cost));
        if (known is null)
        {
            CheckCost(cost);
            known = new LevelTranslations(level, cost);
            _levels.Add(known);
        }

        return known;
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
