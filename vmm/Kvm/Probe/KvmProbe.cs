using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>Finds out what this host's KVM does, on the calling thread. Each try ends by itself or
/// by a timer, so that a KVM that does nothing right ends it as well.</summary>
public static class KvmProbe
{
    private const int NoSuchFile = 2;
    private const int NoSuchDevice = 19;
    private const int NoAddress = 6;
    private const int NotPermitted = 1;
    private const int Denied = 13;

    private const long GuardNanoseconds = 200_000_000;
    private const int GuardsMax = 50;
    private const long SliceNanoseconds = 1_000_000;
    private const int Slices = 9;

    private const ulong SystemCallNumber = 39;

    // mov eax, 39; syscall
    private static readonly byte[] s_call = [0xB8, 39, 0, 0, 0, 0x0F, 0x05];

    // mov dword [0x500000], 1
    private static readonly byte[] s_store =
        [0xC7, 0x04, 0x25, 0, 0, 0x50, 0, 1, 0, 0, 0];

    // jmp to itself
    private static readonly byte[] s_forever = [0xEB, 0xFE];

    // rdtsc; syscall
    private static readonly byte[] s_timestamp = [0x0F, 0x31, 0x0F, 0x05];

    // nop; nop; syscall
    private static readonly byte[] s_nops = [0x90, 0x90, 0x0F, 0x05];

    // mov ecx, 20000; loop: dec ecx; jnz loop; hlt
    private static readonly byte[] s_count = [0xB9, 0x20, 0x4E, 0, 0, 0xFF, 0xC9, 0x75, 0xFC, 0xF4];

    /// <summary>40 000 instructions take 40 ms at a million a second, and less than 1 ms natively.
    /// </summary>
    private const long EmulatedLeastNanoseconds = 6_000_000;

    public static KvmReport Run() => Run(Probe);

    /// <summary>Only what a program guest depends on; the rest of the report says no.</summary>
    public static KvmReport RunForPrograms() => Run(ProbePrograms);

    /// <summary>Only what a system guest depends on.</summary>
    public static KvmReport RunForSystems() => Run((device, timer) => new KvmReport
    {
        Availability = KvmAvailability.Usable,
        ShiftsTimestamp = TryShiftTimestamp(device, timer, staysUser: !TryCall(device, timer, staysUser: false)),
        KernelMode = SpeedOfKernelMode(device, timer),
    });

    /// <summary>Whether a change of a guest's counter has an effect, and nothing else.</summary>
    public static KvmReport RunForHolds() => Run((device, timer) => new KvmReport
    {
        Availability = KvmAvailability.Usable,
        ShiftsTimestamp = TryShiftTimestamp(device, timer, staysUser: !TryCall(device, timer, staysUser: false)),
    });

    private static KvmReport Run(Func<KvmDevice, SliceTimer, KvmReport> probe)
    {
        KvmDevice device;
        try
        {
            device = KvmDevice.Open();
        }
        catch (NativeCallException e)
        {
            return Unavailable(e);
        }

        using (device)
        {
            try
            {
                const KvmSync Needed =
                    KvmSync.Registers | KvmSync.SystemRegisters | KvmSync.Events;
                if (((KvmSync)device.Check(KvmCapability.SyncRegisters) & Needed) != Needed)
                {
                    return Broken("it lacks KVM_CAP_SYNC_REGS, which Linux has had since 4.17");
                }

                using SliceTimer timer = new();
                return probe(device, timer);
            }
            catch (Exception e) when (e is NativeCallException or KvmGuestException)
            {
                return Broken(e.Message);
            }
        }
    }

    /// <summary>What it means that /dev/kvm can't be opened.</summary>
    public static KvmReport Unavailable(NativeCallException e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return new KvmReport
        {
            Availability = e.Errno switch
            {
                NoSuchFile or NoSuchDevice or NoAddress => KvmAvailability.Missing,
                Denied or NotPermitted => KvmAvailability.Forbidden,
                _ => KvmAvailability.Broken,
            },
            Reason = e.Message,
        };
    }

    private static KvmReport Broken(string why) =>
        new() { Availability = KvmAvailability.Broken, Reason = why };

    private static KvmReport ProbePrograms(KvmDevice device, SliceTimer timer)
    {
        bool calls = TryCall(device, timer, staysUser: false);
        bool staysUser = !calls && TryCall(device, timer, staysUser: true);
        KvmReport report = new()
        {
            Availability = KvmAvailability.Usable,
            RunsUserCode = (calls || staysUser) && TryFault(device, timer),
            StaysUser = staysUser,
            TrapsTimestamp = TryTrapTimestamp(device, timer),
        };
        return WithSlices(report, device, timer);
    }

    private static KvmReport Probe(KvmDevice device, SliceTimer timer)
    {
        KvmReport programs = ProbePrograms(device, timer);
        return programs with
        {
            ShiftsTimestamp = TryShiftTimestamp(device, timer, programs.StaysUser),
            ScalesTimestamp = device.Check(KvmCapability.TscControl) != 0,
            StepsUserCode = TryDebug(
                device,
                timer,
                new KvmDebugControl
                {
                    Control = KvmDebugControl.Enable | KvmDebugControl.SingleStep,
                },
                ProbeMachine.Code + 1),
            BreaksOnAddress = TryDebug(
                device,
                timer,
                new KvmDebugControl
                {
                    Control = KvmDebugControl.Enable | KvmDebugControl.HardwareBreakpoints,
                    Dr0 = ProbeMachine.Code + 1,

                    // Breakpoint 0, for the whole machine, on execution.
                    Dr7 = 0x402,
                },
                ProbeMachine.Code + 1),
            KernelMode = SpeedOfKernelMode(device, timer),
        };
    }

    private static bool TryCall(KvmDevice device, SliceTimer timer, bool staysUser)
    {
        using ProbeMachine machine = new(device, staysUser: staysUser);
        machine.Load(s_call);
        return TryRun(machine.Vcpu, timer, out UserExit exit)
            && exit.Kind == UserExitKind.SystemCall
            && machine.Vcpu.Registers.Rax == SystemCallNumber
            && machine.Vcpu.Registers.Rip == ProbeMachine.Code + (ulong)s_call.Length
            && machine.Vcpu.Registers.Rsp == ProbeMachine.Code + GuestPage.SizeBytes;
    }

    private static bool TryFault(KvmDevice device, SliceTimer timer)
    {
        const ulong UserWrite = 6;
        using ProbeMachine machine = new(device);
        machine.Load(s_store);
        return TryRun(machine.Vcpu, timer, out UserExit exit)
            && exit is { Kind: UserExitKind.Exception, Vector: (int)FaultVector.PageFault }
            && exit.Address == ProbeMachine.Nowhere
            && (exit.ErrorCode & UserWrite) == UserWrite
            && machine.Vcpu.Registers.Rip == ProbeMachine.Code;
    }

    private static bool TryTrapTimestamp(KvmDevice device, SliceTimer timer)
    {
        using ProbeMachine machine = new(device, trapsTimestamp: true);
        machine.Load(s_timestamp);
        return TryRun(machine.Vcpu, timer, out UserExit exit)
            && exit is { Kind: UserExitKind.Exception, Vector: (int)FaultVector.GeneralProtection }
            && machine.Vcpu.Registers.Rip == ProbeMachine.Code;
    }

    private static bool TryShiftTimestamp(KvmDevice device, SliceTimer timer, bool staysUser)
    {
        // Minutes at any rate, which no other cause can make.
        const ulong Shift = 1UL << 43;
        using ProbeMachine machine = new(device, staysUser: staysUser);
        return machine.Vcpu.Raw.TrySetTscOffset(0)
            && TryReadTimestamp(machine, timer, out ulong first)
            && machine.Vcpu.Raw.TrySetTscOffset(Shift)
            && TryReadTimestamp(machine, timer, out ulong second)
            && second - first is >= Shift and < Shift + (Shift / 4);
    }

    private static bool TryReadTimestamp(
        ProbeMachine machine, SliceTimer timer, out ulong value)
    {
        machine.Load(s_timestamp);
        bool read = TryRun(machine.Vcpu, timer, out UserExit exit)
            && exit.Kind == UserExitKind.SystemCall;
        value = (machine.Vcpu.Registers.Rdx << 32) | (uint)machine.Vcpu.Registers.Rax;
        return read;
    }

    private static bool TryDebug(
        KvmDevice device, SliceTimer timer, in KvmDebugControl control, ulong stop)
    {
        using ProbeMachine machine = new(device);
        machine.LoadDirectly(s_nops);
        machine.Vcpu.Raw.SetDebug(control);
        return TryRun(machine.Vcpu.Raw, timer)
            && machine.Vcpu.Raw.ExitReason == KvmExitReason.Debug
            && machine.Vcpu.Registers.Rip == stop;
    }

    private static KernelModeSpeed SpeedOfKernelMode(KvmDevice device, SliceTimer timer)
    {
        using ProbeMachine machine = new(device);
        machine.LoadSupervisor(s_count);
        long before = SliceTimer.ThreadNanoseconds();
        bool ended = TryRun(machine.Vcpu.Raw, timer);
        bool slow = !ended
            || SliceTimer.ThreadNanoseconds() - before >= EmulatedLeastNanoseconds;
        return slow ? KernelModeSpeed.Emulated : KernelModeSpeed.Hardware;
    }

    /// <summary>Runs an endless loop for slices of a millisecond.</summary>
    private static KvmReport WithSlices(KvmReport report, KvmDevice device, SliceTimer timer)
    {
        using ProbeMachine machine = new(device);
        machine.Load(s_forever);
        machine.Vcpu.Raw.SetSignalMask(timer.BlockedInGuest);
        long[] overshoots = new long[Slices];
        for (int i = 0; i < Slices; i++)
        {
            SliceTimer.TryTake();
            long before = SliceTimer.ThreadNanoseconds();
            timer.Start(SliceNanoseconds);
            UserExit exit = machine.Vcpu.Run();
            if (exit.Kind != UserExitKind.Interrupted)
            {
                return report;
            }

            overshoots[i] = Math.Max(
                0, SliceTimer.ThreadNanoseconds() - before - SliceNanoseconds);
        }

        SliceTimer.TryTake();
        Array.Sort(overshoots);
        return report with
        {
            EndsSlices = true,
            OvershootMedianNanoseconds = overshoots[Slices / 2],
            OvershootMaxNanoseconds = overshoots[^1],
        };
    }

    /// <returns>False if it does not come out.</returns>
    private static bool TryRun(KvmVcpu vcpu, SliceTimer timer)
    {
        vcpu.SetSignalMask(timer.BlockedInGuest);
        for (int i = 0; i < GuardsMax; i++)
        {
            timer.Start(GuardNanoseconds);
            if (vcpu.Run() == 0)
            {
                return true;
            }

            SliceTimer.TryTake();
        }

        return false;
    }

    /// <returns>False if it does not come out, or KVM can't run it.</returns>
    private static bool TryRun(UserVcpu vcpu, SliceTimer timer, out UserExit exit)
    {
        exit = default;
        vcpu.Raw.SetSignalMask(timer.BlockedInGuest);
        try
        {
            for (int i = 0; i < GuardsMax; i++)
            {
                timer.Start(GuardNanoseconds);
                exit = vcpu.Run();
                if (exit.Kind != UserExitKind.Interrupted)
                {
                    return true;
                }

                SliceTimer.TryTake();
            }
        }
        catch (KvmGuestException)
        {
        }

        return false;
    }
}
