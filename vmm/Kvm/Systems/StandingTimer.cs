using System.Buffers.Binary;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>The timer of a vCPU's local APIC while its machine is held. KVM has turned it into host time when the guest
/// set it, so it would expire meanwhile: it is taken back, and set anew when the counter goes on (Intel SDM vol. 3A,
/// "APIC Timer").</summary>
/// <param name="deadline">In counts of the time-stamp counter; 0: none is set.</param>
/// <param name="count">Of the one-shot or periodic timer; 0: it does not run.</param>
internal readonly struct StandingTimer(ulong deadline, uint count)
{
    private const uint DeadlineMsr = 0x6e0;
    private const int LocalTimer = 0x320;
    private const int CurrentCount = 0x390;
    private const uint ModeMask = 3 << 17;
    private const uint DeadlineMode = 2 << 17;

    public static StandingTimer Stop(KvmVcpu vcpu)
    {
        Span<byte> apic = stackalloc byte[KvmVcpu.LocalApicBytes];
        vcpu.ReadLocalApic(apic);
        if ((Register(apic, LocalTimer) & ModeMask) != DeadlineMode)
        {
            return new StandingTimer(0, Register(apic, CurrentCount));
        }

        ulong deadline = vcpu.TryReadMsr(DeadlineMsr, out ulong value) ? value : 0;
        if (deadline != 0)
        {
            SetDeadline(vcpu, 0);
        }

        return new StandingTimer(deadline, 0);
    }

    /// <summary>Once the counter has been set, and before any vCPU of the machine runs and any interrupt comes for it.
    /// </summary>
    public void GoOn(KvmVcpu vcpu)
    {
        if (deadline != 0)
        {
            SetDeadline(vcpu, deadline);
        }

        if (count != 0)
        {
            // What came for the vCPU while it stood is kept.
            Span<byte> apic = stackalloc byte[KvmVcpu.LocalApicBytes];
            vcpu.ReadLocalApic(apic);
            BinaryPrimitives.WriteUInt32LittleEndian(apic[CurrentCount..], count);
            vcpu.WriteLocalApic(apic);
        }
    }

    private static uint Register(ReadOnlySpan<byte> apic, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(apic[offset..]);

    private static void SetDeadline(KvmVcpu vcpu, ulong value)
    {
        if (!vcpu.TryWriteMsr(DeadlineMsr, value))
        {
            throw new KvmGuestException("KVM does not set the deadline of a local APIC's timer");
        }
    }
}
