using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>A vCPU as the engine's user sees it: one context, in which whichever process it has
/// entered runs.</summary>
internal sealed class SwitchedVcpu : IVcpu
{
    private readonly TranslatorEngine _engine;
    private readonly VcpuContext _context;
    private IGuestAddressSpace _space;
    private ProcessTranslation _process;
    private TranslatorVcpu _current;

    public SwitchedVcpu(
        VcpuId id,
        VcpuContext context,
        TranslatorEngine engine,
        IGuestAddressSpace space,
        ProcessTranslation process)
    {
        Id = id;
        _context = context;
        _engine = engine;
        _space = space;
        _process = process;
        _context.Quad(VcpuContextLayout.TscAux) = (ulong)id.Index;
        VectorState.Reset(_context);
        _current = process.VcpuOf(id);
        _current.Enter();
    }

    public VcpuId Id { get; }

    public ref GuestRegisters Registers => ref _context.Registers;

    public Span<byte> ExtendedState => Current.ExtendedState;

    /// <summary>What it last entered may have been dropped to make room.</summary>
    private TranslatorVcpu Current => _process.IsDropped ? Resolve() : _current;

    /// <inheritdoc/>
    public void Enter(IGuestAddressSpace space)
    {
        if (!ReferenceEquals(space, _space))
        {
            _space = space;
            Resolve();
        }
    }

    /// <inheritdoc/>
    public VcpuExit Run(uint budgetUnits)
    {
        TranslatorVcpu current = Current;
        _space.Activate();
        return current.Run(budgetUnits);
    }

    /// <inheritdoc/>
    public VcpuExit RunWindowAccess(in WindowAccess access, Span<byte> bytes)
    {
        TranslatorVcpu current = Current;
        _space.Activate();
        return current.RunWindowAccess(access, bytes);
    }

    /// <inheritdoc/>
    public bool TryFindSpin(int instructionsMax, out SpinIteration iteration)
    {
        TranslatorVcpu current = Current;
        _space.Activate();
        return current.TryFindSpin(instructionsMax, out iteration);
    }

    /// <inheritdoc/>
    public void DropFilterLines(ReadOnlySpan<GuestPhysicalAddress> lines) =>
        Current.DropFilterLines(lines);

    /// <inheritdoc/>
    public void FlushFilter() => Current.FlushFilter();

    /// <summary>Goes on with the translations that the engine has of the process now.</summary>
    public TranslatorVcpu Resolve()
    {
        _current.Leave();
        _process = _engine.TranslationOf(_space, Id);
        _current = _process.VcpuOf(Id);
        _current.Enter();
        return _current;
    }
}
