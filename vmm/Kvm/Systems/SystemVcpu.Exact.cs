using Dilaton.Machine;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>A vCPU whose local APIC is not in KVM: before it enters the guest it takes what the interrupt controllers
/// have for it (Linux, Documentation/virt/kvm/api.rst, "KVM_INTERRUPT" and "request_interrupt_window").</summary>
internal sealed partial class SystemVcpu
{
    /// <summary>Pages of 4 KiB: where a SIPI's vector points.</summary>
    private const int StartupShift = 12;

    private const ulong LocalApicBase = 0xfee0_0000;
    private const ulong IsFirst = 1 << 8;
    private const ulong IsSwitchedOn = 1 << 11;

    private KvmSystemRegisters _powerOn;

    // Whose interrupts must take it out of the guest.
    private volatile bool _isInGuest;
    private bool _halts;
    private bool _hasWaited;

    /// <summary>As <see cref="Kick"/>, if it is in the guest or on its way there. Any thread.</summary>
    public void KickFromGuest()
    {
        if (_isInGuest)
        {
            Kick();
        }
    }

    /// <summary>At power-on, before all else: its local APIC is there and switched on. KVM knows of none, and has the
    /// register that says where it is, and CPUID's bit, from who runs the vCPU.</summary>
    public void SwitchApicOn()
    {
        _powerOn = vcpu.ReadSystemRegisters();
        _powerOn.ApicBase = LocalApicBase | IsSwitchedOn | (id == 0 ? IsFirst : 0);
        vcpu.WriteSystemRegisters(_powerOn);
    }

    /// <summary>Whether it has something to do in the guest: it neither halts nor waits for SIPI, or that is over now.
    /// </summary>
    private bool IsReady(KvmSystem system)
    {
        if (system.Interrupts is not { } interrupts)
        {
            return true;
        }

        bool waits = interrupts.IsWaiting(id);
        bool isReady = (!waits && !_halts) || interrupts.HasWorkFor(id, CanInterrupt);

        // Before it takes what ends its wait: else time could be skipped in between, as if there were nothing to do.
        if (isReady && _hasWaited)
        {
            system.Idle!.Leave(id);
        }

        isReady &= !waits || TryStart(interrupts);
        _halts &= !isReady;
        _hasWaited = !isReady;
        return isReady;
    }

    private bool CanInterrupt => vcpu.ExitField<byte>(KvmRunLayout.InterruptFlag) != 0;

    private void BeforeEntry(KvmSystem system)
    {
        if (system.Interrupts is not { } interrupts)
        {
            return;
        }

        // First, so that whose interrupt is not seen below sees this.
        _isInGuest = true;
        if (interrupts.TakeNmi(id))
        {
            vcpu.InterruptNonMaskable();
        }

        bool canTake = CanInterrupt && vcpu.ExitField<byte>(KvmRunLayout.ReadyForInterrupt) != 0;
        int vector = interrupts.Acknowledge(id, canTake, out bool hasMore);
        if (vector >= 0)
        {
            vcpu.Interrupt((byte)vector);
        }

        vcpu.SetExitField(KvmRunLayout.RequestInterruptWindow, hasMore ? (byte)1 : (byte)0);
        vcpu.SetExitField(KvmRunLayout.TaskPriority, (ulong)interrupts.ReadPriorityClass(id));
    }

    private void AfterExit(KvmSystem system)
    {
        if (system.Interrupts is { } interrupts)
        {
            _isInGuest = false;
            interrupts.WritePriorityClass(id, (byte)vcpu.ExitField<ulong>(KvmRunLayout.TaskPriority));
        }
    }

    private bool TryReadApic(KvmSystem system, ulong address, int size, out ulong value)
    {
        value = 0;
        return system.Interrupts is { } interrupts && interrupts.TryRead(id, ApicBase, address, size, out value);
    }

    private bool TryWriteApic(KvmSystem system, ulong address, int size, ulong value) =>
        system.Interrupts is { } interrupts && interrupts.TryWrite(id, ApicBase, address, size, value);

    private ulong ApicBase => vcpu.ExitField<ulong>(KvmRunLayout.ApicBase);

    /// <summary>From INIT, if its SIPI has come: in real mode, at the page that the vector names (Intel SDM vol. 3A,
    /// "Processor State After Reset").</summary>
    private bool TryStart(InterruptFabric interrupts)
    {
        int vector = interrupts.TakeStartup(id);
        if (vector < 0)
        {
            return false;
        }

        FinishAccess();
        KvmSystemRegisters system = _powerOn;
        system.Cs.Base = (ulong)vector << StartupShift;
        system.Cs.Selector = (ushort)(vector << (StartupShift - 4));
        vcpu.WriteSystemRegisters(system);
        vcpu.WriteRegisters(new KvmRegisters { Rflags = ReservedFlag });
        _halts = false;
        return true;
    }

    /// <summary>KVM takes the answer to an access at the next entry, and moves on the instruction pointer: here, with
    /// a signal pending, it does so without entering the guest.</summary>
    private void FinishAccess()
    {
        Kick();
        while (vcpu.Run() == 0)
        {
            // A repeated access comes out again for each part; INIT ends it, so none is answered.
        }

        SliceTimer.TryTake();
    }
}
