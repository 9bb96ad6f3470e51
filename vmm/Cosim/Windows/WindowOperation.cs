using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>The instruction of one vCPU that accesses a window, on its way.
/// <code>
/// load of a device    exchange, execute
/// store to a device   execute, exchange: what is stored shows when the instruction has executed
/// modify of a device  exchange the load, execute, exchange the store
/// memory              exchange, execute: its bytes are the worker's
/// flush               execute
/// </code>
/// What crosses a line is exchanged in two parts. Each step is an act of its own.</summary>
internal sealed class WindowOperation
{
    private readonly byte[] _bytes = new byte[WindowAccess.SizeBytesMax];
    private WindowAccess _access;
    private ulong _lineBytes;
    private int _offset;
    private bool _exchangesBefore;
    private bool _exchangesAfter;
    private bool _hasExecuted;
    private ulong _chargedUnits;

    public bool IsActive { get; private set; }

    /// <summary>An exchange is under way: the vCPU stands until it is completed.</summary>
    public bool IsOpen { get; private set; }

    public bool IsSent { get; private set; }

    public ulong Id { get; private set; }

    public SessionWindow? Window { get; private set; }

    /// <summary>When the exchange began, and until when it has lasted at least.</summary>
    public VirtualTime At { get; private set; }

    public VirtualTime Until { get; private set; }

    public bool IsCompleted { get; private set; }

    public ref readonly WindowAccess Access => ref _access;

    public Span<byte> Bytes => _bytes.AsSpan(0, _access.SizeBytes);

    public bool IsStore => _hasExecuted || (!Window!.Window.CarriesData && !_access.Reads);

    public GuestPhysicalAddress PartAddress => new(_access.Physical.Value + (ulong)_offset);

    public int PartSize => (int)Math.Min(
        (ulong)(_access.SizeBytes - _offset),
        _lineBytes - (PartAddress.Value & (_lineBytes - 1)));

    /// <summary>What the exchange carries to the peer, or from it.</summary>
    public Span<byte> PartBytes => Bytes.Slice(_offset, PartSize);

    public WindowStep Next => !_hasExecuted
        ? _exchangesBefore && _offset < _access.SizeBytes
            ? WindowStep.Exchange
            : WindowStep.Execute
        : _exchangesAfter && _offset < _access.SizeBytes
            ? WindowStep.Exchange
            : WindowStep.Done;

    public void Begin(in WindowAccess access, SessionWindow window, ulong lineBytes)
    {
        Invariant.Require(!IsActive && access.Refusal is null);
        _access = access;
        _lineBytes = lineBytes;
        _offset = 0;
        _hasExecuted = false;
        bool carries = window.Window.CarriesData;
        _exchangesBefore = access.Reads || (access.Writes && !carries);
        _exchangesAfter = access.Writes && carries;
        Bytes.Clear();
        Window = window;
        IsActive = true;
    }

    public void Open(ulong id, VirtualTime at)
    {
        Invariant.Require(IsActive && !IsOpen && Next == WindowStep.Exchange);
        IsOpen = true;
        IsSent = false;
        IsCompleted = false;
        Id = id;
        At = at;
        Until = at;
        _chargedUnits = 0;
    }

    /// <summary>The exchange as its peer gets it, once.</summary>
    public WindowRequest Send()
    {
        Invariant.Require(IsOpen && !IsSent);
        IsSent = true;
        bool carries = Window!.Window.CarriesData;
        return new WindowRequest(
            Id,
            At,
            PartAddress,
            PartSize,
            IsStore,
            carries && IsStore ? _bytes.AsMemory(_offset, PartSize) : default,
            !carries);
    }

    /// <summary>The peer's time is there, and the completion was not.</summary>
    public void Reach(VirtualTime reached) => Until = VirtualTime.Max(Until, reached);

    /// <param name="data">What was loaded; empty if nothing was, or it does not travel.</param>
    public void Complete(VirtualTime at, ReadOnlySpan<byte> data)
    {
        Invariant.Require(IsOpen && at >= Until);
        data.CopyTo(PartBytes);
        Until = at;
        IsCompleted = true;
    }

    /// <summary>What the exchange is charged now that it was not before; ends one that is completed.
    /// </summary>
    public ulong Settle(Frequency frequency, ulong unitsPerCycle)
    {
        ulong units = checked(frequency.CyclesCovering(Until - At) * unitsPerCycle);
        ulong added = units - _chargedUnits;
        _chargedUnits = units;
        if (IsCompleted)
        {
            Window!.Count(IsStore, Until - At);
            IsOpen = false;
            _offset += PartSize;
        }

        return added;
    }

    public void Executed()
    {
        _hasExecuted = true;
        _offset = 0;
    }

    public void End() => IsActive = false;
}
