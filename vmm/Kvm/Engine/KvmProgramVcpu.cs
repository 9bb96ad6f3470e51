using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>A vCPU of a program guest. Its cost unit is a nanosecond of its thread's CPU time within
/// KVM_RUN; it knows nothing of instructions, and stops where a timer finds it.</summary>
internal sealed partial class KvmProgramVcpu : IVcpu, IDisposable
{
    private const ulong GuestFlagsMask = 0x0020_0CD5;
    private const ulong FixedFlags = 0x202;
    private const ulong WriteError = 2;
    private const ulong FetchError = 16;

    /// <summary>Faults in a row at one place that the page tables can't explain.</summary>
    private const int StuckMax = 16;

    /// <summary>Longer tries after a slice in which the guest has not moved, each twice as long.</summary>
    private const int StillMax = 6;

    private readonly UserVcpu _user;
    private readonly SliceThread _thread;
    private readonly GuestPages _pages;
    private readonly IGuestAddressSpace _memory;
    private readonly AddressWindow _window;
    private readonly byte[] _image = new byte[Core.ExtendedState.SizeBytes];
    private readonly byte[] _hostState = new byte[KvmVcpu.ExtendedStateBytes];
    private GuestRegisters _registers;
    private GuestRegisters _inGuest;
    private bool _hasImage;
    private bool _isImageShown;
    private bool _isFirst = true;
    private int _threadGeneration;
    private ulong _lastFault;
    private int _faultsAlike;
    private ulong _turnsAt = ulong.MaxValue;

    public KvmProgramVcpu(
        VcpuId id,
        UserVcpu user,
        SliceThread thread,
        GuestPages pages,
        IGuestAddressSpace memory,
        AddressWindow window,
        TrapCost traps,
        DetailStepper? detail)
    {
        Id = id;
        _user = user;
        _thread = thread;
        _pages = pages;
        _memory = memory;
        _window = window;
        _windows = new WindowDecoder(memory);
        _traps = traps;
        _detail = detail;
        Hooks.Exceptions.Add(ExitHookPriority.Devices, FillPage);
    }

    public VcpuExitHooks Hooks { get; } = new();

    public VcpuId Id { get; }

    /// <summary>The engine has page tables for one process; a guest that makes more is ended before.
    /// </summary>
    public void Enter(IGuestAddressSpace space) =>
        Invariant.Require(ReferenceEquals(space, _memory));

    public ref GuestRegisters Registers => ref _registers;

    public Span<byte> ExtendedState
    {
        get
        {
            if (!_hasImage)
            {
                _user.Raw.ReadExtendedState(_hostState);
                ExtendedImage.FromHost(_hostState, _image);
                _hasImage = true;
            }

            _isImageShown = true;
            return _image;
        }
    }

    /// <inheritdoc/>
    public VcpuExit Run(uint budgetUnits)
    {
        Invariant.Require(budgetUnits is >= 1 and <= int.MaxValue);
        Enter();
        VcpuExit exit = RunOn(budgetUnits);
        Leave();
        return exit;
    }

    /// <inheritdoc/>
    public bool TryFindSpin(int instructionsMax, out SpinIteration iteration)
    {
        iteration = default;
        return false;
    }

    /// <inheritdoc/>
    public void DropFilterLines(ReadOnlySpan<GuestPhysicalAddress> lines)
    {
    }

    /// <inheritdoc/>
    public void FlushFilter()
    {
    }

    /// <summary>Page tables lost something that the processor may have cached.</summary>
    public void ForgetTranslations()
    {
        _user.ForgetTranslations();
        _faultsAlike = 0;
    }

    public void Dispose() => _user.Dispose();

    private VcpuExit RunOn(uint budgetUnits)
    {
        long spent = 0;
        int still = 0;
        while (true)
        {
            bool isStepped = _detail is { WantsSteps: true };
            UserExit exit = isStepped
                ? StepThroughWindow(_detail!, out long ran)
                : RunNatively(budgetUnits - spent, still, out ran);
            spent += ran;
            bool isOver = spent >= budgetUnits;
            if (isStepped && exit.Kind == UserExitKind.Debug)
            {
                if (isOver)
                {
                    return Exit(ExitReason.BudgetExhausted, spent);
                }

                continue;
            }

            // A step's exit has been through the hooks.
            ExitVerdict verdict = isStepped ? ExitVerdict.Pass : Hooks.Ask(Id, exit, ref _user.Registers);
            WindowAccess window = default;
            bool isWindow = verdict == ExitVerdict.Pass && TryFindWindow(ref exit, out window);
            _thread.Exits.Leave(CauseOf(exit, verdict, isWindow), _thread.LeftAt);
            if (exit.Kind == UserExitKind.Interrupted)
            {
                SliceTimer.TryTake();
                if (isOver && HasMoved(ref still))
                {
                    _thread.Overshoot.Add(spent - budgetUnits);
                    return Exit(ExitReason.BudgetExhausted, spent);
                }

                continue;
            }

            if (verdict == ExitVerdict.Pass)
            {
                _faultsAlike = 0;
                return isWindow
                    ? Exit(ExitReason.WindowAccess, spent - ran + (isStepped ? ran : _traps.Charge(ran)))
                        with { Window = window }
                    : Told(exit, spent);
            }

            if (isOver)
            {
                return Exit(ExitReason.BudgetExhausted, spent);
            }
        }
    }

    private UserExit RunNatively(long left, int still, out long ran)
    {
        long slice = Math.Min(left, _detail?.UntilNext ?? left);
        long before = _thread.Enter(Math.Max(slice, SliceThread.LeastNanoseconds << still));
        UserExit exit = _user.Run();
        long after = _thread.Leave();

        // A clock that stands still would let a guest run for ever in no time.
        ran = Math.Max(1, after - before);
        _detail?.Ran(ran, _user.Registers.Rip);
        _pages.Ran(Id, ran);
        return exit;
    }

    private static ExitCause CauseOf(in UserExit exit, ExitVerdict verdict, bool isWindow) => exit.Kind switch
    {
        UserExitKind.SystemCall => ExitCause.SystemCall,
        UserExitKind.Exception when isWindow => ExitCause.Window,
        UserExitKind.Exception when verdict == ExitVerdict.Handled
            && exit.Vector == (int)FaultVector.PageFault => ExitCause.PageFill,
        UserExitKind.Exception => ExitCause.Exception,
        UserExitKind.Interrupted => ExitCause.Interruption,
        UserExitKind.Debug => ExitCause.Debug,
        _ => ExitCause.HostFault,
    };

    /// <summary>Where the way into the guest takes longer than a short slice, the timer ends it before an
    /// instruction is done, and so would each that follows.</summary>
    /// <returns>False if the guest is to be entered again, for longer. What does not move then either turns
    /// in one place, and is believed to until it is elsewhere.</returns>
    private bool HasMoved(ref int still)
    {
        ref KvmRegisters now = ref _user.Registers;
        bool isElsewhere = now.Rip != _registers.Rip || now.Rax != _registers.Rax
            || now.Rbx != _registers.Rbx || now.Rcx != _registers.Rcx || now.Rdx != _registers.Rdx;
        if (isElsewhere || now.Rip == _turnsAt || ++still > StillMax)
        {
            _turnsAt = isElsewhere ? ulong.MaxValue : now.Rip;
            return true;
        }

        return false;
    }

    /// <summary>The engine's own hook: a page fault that only the tables needed.</summary>
    private ExitVerdict FillPage(in ExceptionExit exit)
    {
        if (exit.Vector != (int)FaultVector.PageFault
            || !_pages.TryFill(exit.Address, AccessOf(exit.ErrorCode)))
        {
            return ExitVerdict.Pass;
        }

        RequireProgress(exit.Address);
        return ExitVerdict.Handled;
    }

    private static FaultAccess AccessOf(ulong errorCode) =>
        (errorCode & FetchError) != 0 ? FaultAccess.Execute
        : (errorCode & WriteError) != 0 ? FaultAccess.Write
        : FaultAccess.Read;

    /// <summary>What no hook took, as the session has it.</summary>
    private VcpuExit Told(in UserExit exit, long spent) => exit.Kind switch
    {
        UserExitKind.SystemCall => Exit(ExitReason.SystemCall, spent),
        UserExitKind.HostFault =>
            PageFault(_window.Start + exit.Address, FaultAccess.Read, spent),
        UserExitKind.Exception when exit.Vector == (int)FaultVector.PageFault =>
            PageFault(exit.Address, AccessOf(exit.ErrorCode), spent),
        UserExitKind.Exception => Exception(exit.Vector, spent),
        _ => throw new KvmGuestException($"{Id}: {exit.Kind} without being asked for"),
    };

    /// <summary>The processor, or KVM, may have cached what the tables said before; a fault that stays
    /// when it has forgotten that can't be helped.</summary>
    private void RequireProgress(ulong address)
    {
        ulong place = address ^ _user.Registers.Rip;
        _faultsAlike = place == _lastFault ? _faultsAlike + 1 : 1;
        _lastFault = place;
        if (_faultsAlike > 1)
        {
            _user.ForgetTranslations();
        }

        if (_faultsAlike > StuckMax)
        {
            throw new KvmGuestException(
                $"{Id} at rip 0x{_user.Registers.Rip:x}: KVM faults at 0x{address:x}, which the "
                + "guest's page tables allow");
        }
    }

    private VcpuExit Exception(int vector, long spent)
    {
        ref KvmRegisters registers = ref _user.Registers;
        switch ((FaultVector)vector)
        {
            case FaultVector.GeneralProtection when KvmInstructions.IsTimestampRead(
                _memory, registers.Rip, out int lengthBytes, out bool withProcessor):
                registers.Rip += (ulong)lengthBytes;
                return Exit(ExitReason.TimestampRead, spent) with
                {
                    Code = withProcessor ? 1 : 0,
                };
            case FaultVector.InvalidOpcode when KvmInstructions.IsRegionMark(
                _memory, registers.Rip, out int function):
                registers.Rip += 4;
                return Exit(ExitReason.RegionMark, spent) with { Code = function };
            case FaultVector.InvalidOpcode
                when KvmInstructions.IsInterruptCall(_memory, registers.Rip):
                return Fault(FaultVector.GeneralProtection, spent);
            case FaultVector.Breakpoint:
                // A trap: rip is behind it, and a fault of ours stands before its instruction.
                registers.Rip--;
                return Fault(FaultVector.Breakpoint, spent);
            case FaultVector.DivideError or FaultVector.Debug or FaultVector.InvalidOpcode
                or FaultVector.GeneralProtection or FaultVector.FloatingPoint
                or FaultVector.AlignmentCheck or FaultVector.SimdFloatingPoint:
                return Fault((FaultVector)vector, spent);
            default:
                return vector is SegmentNotPresent or StackFault
                    ? Fault(FaultVector.GeneralProtection, spent)
                    : throw new KvmGuestException(
                        $"{Id} at rip 0x{registers.Rip:x}: unexpected exception {vector}");
        }
    }

    private const int SegmentNotPresent = 11;
    private const int StackFault = 12;

    private static VcpuExit PageFault(ulong address, FaultAccess access, long spent) =>
        Fault(FaultVector.PageFault, spent) with { Access = access, FaultAddress = address };

    private static VcpuExit Fault(FaultVector vector, long spent) =>
        Exit(ExitReason.Fault, spent) with { Vector = vector };

    private static VcpuExit Exit(ExitReason reason, long spent) => new()
    {
        Reason = reason,
        Instructions = 0,
        Units = (ulong)spent,
    };

    /// <summary>Makes the calling thread the vCPU's, and takes over what the caller may have written to
    /// the state it was shown.</summary>
    private void Enter()
    {
        _thread.Take();
        if (_threadGeneration != _thread.Generation)
        {
            _user.Raw.SetSignalMask(_thread.BlockedInGuest);
            _threadGeneration = _thread.Generation;
        }

        _registers.Rflags = (_registers.Rflags & GuestFlagsMask) | FixedFlags;
        if (_isFirst || _registers != _inGuest)
        {
            RegisterCopy.ToKvm(_registers, _user);
            _user.TakeRegisters();
            _isFirst = false;
        }

        if (_isImageShown)
        {
            ExtendedImage.ToHost(_image, _hostState);
            _user.Raw.WriteExtendedState(_hostState);
        }

        _isImageShown = false;
        _hasImage = false;
    }

    private void Leave()
    {
        RegisterCopy.FromKvm(_user, ref _registers);
        _registers.Rflags = (_registers.Rflags & GuestFlagsMask) | FixedFlags;
        _inGuest = _registers;
    }
}
