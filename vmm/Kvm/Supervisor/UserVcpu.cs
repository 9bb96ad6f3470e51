using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>A vCPU that runs user code, and comes back with why it left.
/// <code>
///   Run ──► user code ──SYSCALL──► entry: HLT ──┐
///    ▲         │  └──exception──► entry: HLT ───┤ pushed rip, rsp, rflags, error code
///    │         └──signal────────────────────────┤
///    └── user segments, rip, rsp, rflags ◄──────┘
/// </code></summary>
internal sealed class UserVcpu : IDisposable
{
    private const int HostErrnoInterrupted = 4;
    private const int HostErrnoAgain = 11;
    private const int HostErrnoFault = 14;
    private const ulong ExtendedParts = 7;
    private const ulong TrapFlag = 0x100;

    /// <summary>How often interruptions may come between user code and the entry's HLT.</summary>
    private const int LeavingMax = 1_000;

    private readonly KvmVcpu _vcpu;
    private readonly KvmMemory _memory;
    private readonly int _index;
    private readonly bool _staysUser;
    private bool _hasLeft = true;
    private bool _mustForget;

    /// <param name="trapsTimestamp">RDTSC is to fault.</param>
    /// <param name="staysUser">SYSCALL leaves the vCPU in user mode, as a probe found.</param>
    public UserVcpu(
        KvmMachine machine,
        KvmMemory memory,
        int index,
        ReadOnlySpan<KvmCpuidEntry> cpuid,
        bool trapsTimestamp,
        bool staysUser)
    {
        _staysUser = staysUser;
        _memory = memory;
        _index = index;
        _vcpu = machine.CreateVcpu(index);
        try
        {
            _vcpu.SetCpuid(cpuid);
            SupervisorImage.WriteVcpu(memory, index);
            KvmSystemRegisters system = _vcpu.ReadSystemRegisters();
            SupervisorState.Fill(ref system, index, trapsTimestamp);
            _vcpu.WriteSystemRegisters(system);
            _vcpu.SetExtendedControl(ExtendedParts);
            SetMsr(SupervisorState.MsrStar, SupervisorState.Star);
            SetMsr(SupervisorState.MsrLongStar, SupervisorLayout.SystemCallVirtual);
            SetMsr(SupervisorState.MsrFlagMask, SupervisorState.FlagMask);
            _vcpu.SystemRegisters = system;
            _vcpu.Shown = KvmSync.Registers | KvmSync.SystemRegisters | KvmSync.Events;
        }
        catch
        {
            _vcpu.Dispose();
            throw;
        }
    }

    public KvmVcpu Raw => _vcpu;

    /// <summary>As user code left them, and as it will find them.</summary>
    public ref KvmRegisters Registers => ref _vcpu.Registers;

    public ref ulong FsBase => ref _vcpu.SystemRegisters.Fs.Base;

    public ref ulong GsBase => ref _vcpu.SystemRegisters.Gs.Base;

    /// <summary>What the caller wrote to the registers counts from the next <see cref="Run"/> on.
    /// </summary>
    public void TakeRegisters() => _hasLeft = true;

    /// <summary>Page tables lost something that the processor may have cached.</summary>
    public void ForgetTranslations() => _mustForget = true;

    /// <summary>Runs user code from rip on. The caller has seen to a signal that ends it. HOT: per
    /// slice.</summary>
    /// <exception cref="KvmGuestException">KVM can't run the guest.</exception>
    public UserExit Run()
    {
        // After an interruption KVM may keep an exception that it has still to deliver, and would
        // forget it if it were given registers.
        if (_hasLeft || _mustForget)
        {
            Enter(ref _vcpu.SystemRegisters);
        }

        int error = _vcpu.Run();
        for (int i = 0; IsInterruption(error) && IsLeaving; i++)
        {
            if (i == LeavingMax)
            {
                throw Unhandled();
            }

            SliceTimer.TryTake();
            error = _vcpu.Run();
        }

        if (IsInterruption(error))
        {
            return new UserExit(UserExitKind.Interrupted);
        }

        if (error == HostErrnoFault)
        {
            return HostFault();
        }

        return error != 0
            ? throw new NativeCallException("KVM_RUN", $"vCPU {_index}", error)
            : _vcpu.ExitReason switch
            {
                KvmExitReason.Halt when IsInSupervisor => Leave(),
                KvmExitReason.Debug => new UserExit(UserExitKind.Debug),
                _ => throw Unhandled(),
            };
    }

    /// <summary>Executes the instruction at rip, or one turn of a repeated one, by the processor's own
    /// trap flag: user code leaves by the exception that follows, or by one of the instruction's.
    /// </summary>
    /// <returns><see cref="UserExitKind.Debug"/> if it has executed.</returns>
    public UserExit Step()
    {
        _vcpu.Registers.Rflags |= TrapFlag;
        _hasLeft = true;
        UserExit exit = Run();
        while (exit.Kind == UserExitKind.Interrupted)
        {
            SliceTimer.TryTake();
            exit = Run();
        }

        _vcpu.Registers.Rflags &= ~TrapFlag;
        return exit is { Kind: UserExitKind.Exception, Vector: (int)FaultVector.Debug }
            ? new UserExit(UserExitKind.Debug)
            : exit;
    }

    public void Dispose() => _vcpu.Dispose();

    private void Enter(ref KvmSystemRegisters system)
    {
        SupervisorState.EnterUser(ref system);
        if (_mustForget)
        {
            // A change of CR3, here of a bit that says how tables are cached, makes KVM drop what
            // the vCPU has cached.
            const ulong CachingBit = 1 << 3;
            system.Cr3 ^= CachingBit;
        }

        _vcpu.Changed = KvmSync.Registers | KvmSync.SystemRegisters;
        _hasLeft = false;
        _mustForget = false;
    }

    /// <summary>User code has left, and its registers will be known at the entry's HLT: a matter of an
    /// instruction.</summary>
    private bool IsLeaving => IsInSupervisor || _vcpu.HasException;

    private static bool IsInterruption(int error) =>
        error is HostErrnoInterrupted or HostErrnoAgain;

    private bool IsInSupervisor => _vcpu.Registers.Rip >= SupervisorLayout.Virtual;

    /// <summary>Puts the registers back to what user code had.</summary>
    private UserExit Leave()
    {
        _hasLeft = true;
        ref KvmRegisters registers = ref _vcpu.Registers;

        // rip stands behind the entry's HLT.
        ulong offset = registers.Rip - 1 - SupervisorLayout.EntriesVirtual;
        if (offset == SupervisorLayout.SystemCallEntry)
        {
            return SystemCall(ref registers);
        }

        int vector = (int)(offset / SupervisorLayout.EntryBytes);
        if (offset >= SupervisorLayout.VectorCount * SupervisorLayout.EntryBytes)
        {
            throw Unhandled();
        }

        return Pushed(vector, ref registers);
    }

    private UserExit Pushed(int vector, ref KvmRegisters registers)
    {
        // Downward: ss, rsp, rflags, cs, rip, and perhaps an error code.
        int top = SupervisorLayout.StackTop(_index);
        ReadOnlySpan<ulong> frame = Blittable.Cast<ulong>(
            (ReadOnlySpan<byte>)_memory.Bytes.Slice(top - 48, 48));
        bool hasErrorCode = HasErrorCode(vector);
        ulong address = _vcpu.SystemRegisters.Cr2;
        if ((frame[2] & 3) != 3)
        {
            throw Unhandled();
        }

        registers.Rip = frame[1];
        registers.Rflags = frame[3];
        registers.Rsp = frame[4];
        ulong errorCode = hasErrorCode ? frame[0] : 0;

        // KVM without hardware virtualization leaves a vCPU in user mode when it follows SYSCALL to
        // the supervisor's entry, which is then out of bounds. A jump there that only pretends to
        // come from a SYSCALL before rcx has the same registers, and so means the same.
        if (_staysUser
            && vector == (int)FaultVector.PageFault
            && address == SupervisorLayout.SystemCallVirtual
            && registers.Rip == SupervisorLayout.SystemCallVirtual)
        {
            return SystemCall(ref registers);
        }

        return new UserExit(UserExitKind.Exception, vector, errorCode, address);
    }

    private static UserExit SystemCall(ref KvmRegisters registers)
    {
        registers.Rip = registers.Rcx;
        registers.Rflags = registers.R11;
        return new UserExit(UserExitKind.SystemCall);
    }

    private static bool HasErrorCode(int vector) => vector is 8 or (>= 10 and <= 14) or 17 or 21;

    private UserExit HostFault() => _vcpu.ExitReason == KvmExitReason.MemoryFault
        ? new UserExit(
            UserExitKind.HostFault,
            Address: _vcpu.ExitField<ulong>(KvmRunLayout.FaultPhysical))
        : throw new KvmGuestException(
            $"vCPU {_index} at rip 0x{_vcpu.Registers.Rip:x}: the guest touched memory that the host "
                + "took away, such as the end of a file that was cut off while it was mapped");

    private KvmGuestException Unhandled()
    {
        string what = _vcpu.ExitReason switch
        {
            KvmExitReason.Shutdown => "the processor shut down (triple fault)",
            KvmExitReason.InternalError =>
                $"KVM's internal error {_vcpu.ExitField<uint>(KvmRunLayout.Suberror)}",
            KvmExitReason.EntryFailed =>
                "the processor refused the guest's state, reason 0x"
                + $"{_vcpu.ExitField<ulong>(KvmRunLayout.EntryFailure):x}",
            var reason => $"exit {reason} ({(int)reason})",
        };
        return new KvmGuestException(
            $"vCPU {_index} at rip 0x{_vcpu.Registers.Rip:x}: {what}");
    }

    private void SetMsr(uint index, ulong value)
    {
        if (!_vcpu.TryWriteMsr(index, value))
        {
            throw new KvmGuestException($"KVM refuses MSR 0x{index:x} = 0x{value:x}");
        }
    }
}
