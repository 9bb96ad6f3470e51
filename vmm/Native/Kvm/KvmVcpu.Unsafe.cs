using System.Runtime.InteropServices;
using Dilaton.Core;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>A vCPU of KVM. One thread at a time.</summary>
public sealed class KvmVcpu : IDisposable
{
    public const int ExtendedStateBytes = 4096;
    public const int LocalApicBytes = 1024;

    private const int MsrHeaderBytes = 8;
    private const int MsrEntryBytes = 16;
    private const int CpuidHeaderBytes = 8;
    private const int TscOffsetAttribute = 0;

    private readonly SafeFileHandle _descriptor;
    private readonly KvmRunPage _page;
    private readonly string _subject;

    internal KvmVcpu(SafeFileHandle descriptor, int id, int runBytes)
    {
        _descriptor = descriptor;
        _subject = $"vCPU {id}";
        try
        {
            _page = new KvmRunPage(descriptor, runBytes, _subject);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Which sets KVM leaves in <see cref="Registers"/> and <see cref="SystemRegisters"/>
    /// at each exit.</summary>
    public KvmSync Shown
    {
        get => (KvmSync)Field<ulong>(KvmRunLayout.ValidRegisters);
        set => Field<ulong>(KvmRunLayout.ValidRegisters) = (ulong)value;
    }

    /// <summary>Which of them KVM takes over at the next entry; it then forgets.</summary>
    public KvmSync Changed
    {
        get => (KvmSync)Field<ulong>(KvmRunLayout.DirtyRegisters);
        set => Field<ulong>(KvmRunLayout.DirtyRegisters) = (ulong)value;
    }

    public ref KvmRegisters Registers => ref Field<KvmRegisters>(KvmRunLayout.Registers);

    public ref KvmSystemRegisters SystemRegisters =>
        ref Field<KvmSystemRegisters>(KvmRunLayout.SystemRegisters);

    /// <summary>KVM has an exception to deliver at the next entry: until then the guest stands in the
    /// midst of something.</summary>
    public bool HasException => Field<byte>(KvmRunLayout.ExceptionInjected) != 0
        || Field<byte>(KvmRunLayout.ExceptionPending) != 0;

    public KvmExitReason ExitReason => (KvmExitReason)Field<uint>(KvmRunLayout.ExitReason);

    /// <summary>What the exit says of itself.</summary>
    /// <param name="offset">Of <see cref="KvmRunLayout"/>.</param>
    public T ExitField<T>(int offset)
        where T : unmanaged => Field<T>(offset);

    /// <summary>Answers an exit that asks for something, such as a load.</summary>
    /// <param name="offset">Of <see cref="KvmRunLayout"/>, or one that a field there names.</param>
    public void SetExitField<T>(int offset, T value)
        where T : unmanaged => Field<T>(offset) = value;

    /// <summary>Runs the guest until an exit, or a signal that <see cref="SetSignalMask"/> lets
    /// through. HOT: per slice.</summary>
    /// <returns>0, or the host's errno: EINTR is no failure.</returns>
    public int Run()
    {
        bool held = false;
        try
        {
            _descriptor.DangerousAddRef(ref held);
            int result = KvmCalls.ioctl(
                (int)_descriptor.DangerousGetHandle(), KvmRequests.RUN, 0);
            return result >= 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        finally
        {
            if (held)
            {
                _descriptor.DangerousRelease();
            }
        }
    }

    public KvmRegisters ReadRegisters() =>
        Get<KvmRegisters>(KvmRequests.GET_REGS, "KVM_GET_REGS");

    public void WriteRegisters(in KvmRegisters registers) =>
        Set(KvmRequests.SET_REGS, registers, "KVM_SET_REGS");

    public KvmSystemRegisters ReadSystemRegisters() =>
        Get<KvmSystemRegisters>(KvmRequests.GET_SREGS, "KVM_GET_SREGS");

    public void WriteSystemRegisters(in KvmSystemRegisters registers) =>
        Set(KvmRequests.SET_SREGS, registers, "KVM_SET_SREGS");

    public void SetDebug(in KvmDebugControl control) =>
        Set(KvmRequests.SET_GUEST_DEBUG, control, "KVM_SET_GUEST_DEBUG");

    public void SetCpuid(ReadOnlySpan<KvmCpuidEntry> entries)
    {
        int entryBytes = Blittable.SizeOf<KvmCpuidEntry>();
        byte[] buffer = new byte[CpuidHeaderBytes + (entries.Length * entryBytes)];
        Blittable.Write(buffer, (ulong)entries.Length);
        entries.CopyTo(Blittable.Cast<KvmCpuidEntry>(buffer.AsSpan(CpuidHeaderBytes)));
        Check(Pass(KvmRequests.SET_CPUID2, buffer), "KVM_SET_CPUID2");
    }

    /// <summary>XCR0: which parts of the extended state the guest may use.</summary>
    public void SetExtendedControl(ulong value)
    {
        // The kernel's struct kvm_xcrs: count, flags, then register number, reserved and value of
        // up to 16.
        byte[] buffer = new byte[392];
        Blittable.Write(buffer, 1u);
        Blittable.Write(buffer.AsSpan(16), value);
        Check(Pass(KvmRequests.SET_XCRS, buffer), "KVM_SET_XCRS");
    }

    /// <summary>x87, SSE and AVX state in the standard form of XSAVE.</summary>
    public void ReadExtendedState(Span<byte> state)
    {
        Invariant.Require(state.Length == ExtendedStateBytes);
        Check(Pass(KvmRequests.GET_XSAVE, state), "KVM_GET_XSAVE");
    }

    public void WriteExtendedState(Span<byte> state)
    {
        Invariant.Require(state.Length == ExtendedStateBytes);
        Check(Pass(KvmRequests.SET_XSAVE, state), "KVM_SET_XSAVE");
    }

    /// <returns>False if KVM does not have the register.</returns>
    public bool TryReadMsr(uint index, out ulong value)
    {
        Span<byte> buffer = stackalloc byte[MsrHeaderBytes + MsrEntryBytes];
        buffer.Clear();
        Blittable.Write(buffer, 1u);
        Blittable.Write(buffer[MsrHeaderBytes..], index);
        int done = Pass(KvmRequests.GET_MSRS, buffer);
        Check(done, "KVM_GET_MSRS");
        value = Blittable.Read<ulong>(buffer[(MsrHeaderBytes + 8)..]);
        return done == 1;
    }

    /// <returns>False if KVM does not have the register, or not with this value.</returns>
    public bool TryWriteMsr(uint index, ulong value)
    {
        Span<byte> buffer = stackalloc byte[MsrHeaderBytes + MsrEntryBytes];
        buffer.Clear();
        Blittable.Write(buffer, 1u);
        Blittable.Write(buffer[MsrHeaderBytes..], index);
        Blittable.Write(buffer[(MsrHeaderBytes + 8)..], value);
        int done = Pass(KvmRequests.SET_MSRS, buffer);
        Check(done, "KVM_SET_MSRS");
        return done == 1;
    }

    /// <summary>Says what the guest's time-stamp counter is ahead of the host's, modulo 2^64.
    /// </summary>
    /// <returns>False if this KVM has no such call. Whether it has an effect is another question.
    /// </returns>
    public bool TrySetTscOffset(ulong offset)
    {
        unsafe
        {
            // SAFETY: the call reads the structure and the 8 bytes that it names, both on this
            // stack.
            KvmDeviceAttribute attribute = new()
            {
                Attribute = TscOffsetAttribute,
                Address = (ulong)&offset,
            };
            return KvmCalls.ioctl(_descriptor, KvmRequests.SET_DEVICE_ATTR, &attribute) == 0;
        }
    }

    /// <summary>What the guest's time-stamp counter is ahead of the host's, modulo 2^64.</summary>
    /// <returns>False if this KVM has no such call.</returns>
    public bool TryGetTscOffset(out ulong offset)
    {
        unsafe
        {
            // SAFETY: the call reads the structure and writes the 8 bytes that it names, both on this stack.
            ulong value = 0;
            KvmDeviceAttribute attribute = new()
            {
                Attribute = TscOffsetAttribute,
                Address = (ulong)&value,
            };
            bool has = KvmCalls.ioctl(_descriptor, KvmRequests.GET_DEVICE_ATTR, &attribute) == 0;
            offset = value;
            return has;
        }
    }

    /// <summary>The registers of its local APIC, if KVM has it: the processor's page of them.</summary>
    public void ReadLocalApic(Span<byte> registers)
    {
        Invariant.Require(registers.Length == LocalApicBytes);
        Check(Pass(KvmRequests.GET_LAPIC, registers), "KVM_GET_LAPIC");
    }

    public void WriteLocalApic(Span<byte> registers)
    {
        Invariant.Require(registers.Length == LocalApicBytes);
        Check(Pass(KvmRequests.SET_LAPIC, registers), "KVM_SET_LAPIC");
    }

    /// <summary>Gives it an interrupt at the next entry, where its controller is not in the kernel and
    /// <see cref="KvmRunLayout.ReadyForInterrupt"/> says that it can take one.</summary>
    public void Interrupt(byte vector)
    {
        // The kernel's struct kvm_interrupt: a word.
        Span<byte> buffer = stackalloc byte[sizeof(uint)];
        Blittable.Write(buffer, (uint)vector);
        Check(Pass(KvmRequests.INTERRUPT, buffer), "KVM_INTERRUPT");
    }

    /// <summary>Gives it an NMI once it can take one.</summary>
    public void InterruptNonMaskable() =>
        Check(KvmCalls.ioctl(_descriptor, KvmRequests.NMI, 0), "KVM_NMI");

    /// <summary>The rate of the guest's time-stamp counter in kHz; 0 if KVM does not know.
    /// </summary>
    public int TscKilohertz() =>
        Math.Max(0, KvmCalls.ioctl(_descriptor, KvmRequests.GET_TSC_KHZ, 0));

    /// <summary>The signals that are blocked while the guest runs, a bit each from signal 1 on.
    /// </summary>
    public void SetSignalMask(ulong blocked)
    {
        // The kernel's struct kvm_signal_mask: the length of the set, then the set.
        Span<byte> buffer = stackalloc byte[12];
        Blittable.Write(buffer, (uint)sizeof(ulong));
        Blittable.Write(buffer[4..], blocked);
        Check(Pass(KvmRequests.SET_SIGNAL_MASK, buffer), "KVM_SET_SIGNAL_MASK");
    }

    public void Dispose()
    {
        _page.Dispose();
        _descriptor.Dispose();
    }

    internal static void Check(int result, string call, string subject)
    {
        if (result < 0)
        {
            throw new NativeCallException(call, subject, Marshal.GetLastPInvokeError());
        }
    }

    private void Check(int result, string call) => Check(result, call, _subject);

    private ref T Field<T>(int offset)
        where T : unmanaged => ref _page.At<T>(offset);

    private T Get<T>(uint request, string call)
        where T : unmanaged
    {
        T value = default;
        unsafe
        {
            // SAFETY: the request's number holds the size of the structure, which a test compares.
            Check(KvmCalls.ioctl(_descriptor, request, &value), call);
        }

        return value;
    }

    private void Set<T>(uint request, in T value, string call)
        where T : unmanaged
    {
        T copy = value;
        unsafe
        {
            // SAFETY: as above.
            Check(KvmCalls.ioctl(_descriptor, request, &copy), call);
        }
    }

    private int Pass(uint request, Span<byte> buffer)
    {
        unsafe
        {
            // SAFETY: each caller's buffer is as long as its request makes the call read or write.
            fixed (byte* at = buffer)
            {
                return KvmCalls.ioctl(_descriptor, request, at);
            }
        }
    }
}
