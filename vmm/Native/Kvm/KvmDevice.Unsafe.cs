using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>The host's /dev/kvm.</summary>
public sealed class KvmDevice : IDisposable
{
    public const string Path = "/dev/kvm";

    private const int CpuidEntriesMax = 256;
    private const int CpuidHeaderBytes = 8;

    private readonly SafeFileHandle _descriptor;
    private readonly int _runBytes;

    private KvmDevice(SafeFileHandle descriptor)
    {
        _descriptor = descriptor;
        _runBytes = Call(KvmRequests.GET_VCPU_MMAP_SIZE, 0, "KVM_GET_VCPU_MMAP_SIZE");
    }

    /// <exception cref="NativeCallException">There is none, or it may not be used, with the host's
    /// errno; or it speaks another version, with 0.</exception>
    public static KvmDevice Open()
    {
        SafeFileHandle descriptor =
            KvmCalls.open(Path, KvmCalls.O_RDWR | KvmCalls.O_CLOEXEC);
        if (descriptor.IsInvalid)
        {
            throw Failed("open");
        }

        try
        {
            int version = KvmCalls.ioctl(descriptor, KvmRequests.GET_API_VERSION, 0);
            return version == KvmRequests.API_VERSION
                ? new KvmDevice(descriptor)
                : throw new NativeCallException($"KVM_GET_API_VERSION ({version})", Path, 0);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <returns>0: it lacks it; else 1, or the figure that belongs to it.</returns>
    public int Check(KvmCapability capability) =>
        Call(KvmRequests.CHECK_EXTENSION, (nint)capability, "KVM_CHECK_EXTENSION");

    /// <summary>What a guest can be shown of this host's processor.</summary>
    public KvmCpuidEntry[] SupportedCpuid()
    {
        int entryBytes = Blittable.SizeOf<KvmCpuidEntry>();
        byte[] buffer = new byte[CpuidHeaderBytes + (CpuidEntriesMax * entryBytes)];
        Blittable.Write(buffer, (ulong)CpuidEntriesMax);
        unsafe
        {
            // SAFETY: the buffer has room for as many entries as its header says.
            fixed (byte* at = buffer)
            {
                int result = KvmCalls.ioctl(_descriptor, KvmRequests.GET_SUPPORTED_CPUID, at);
                KvmVcpu.Check(result, "KVM_GET_SUPPORTED_CPUID", Path);
            }
        }

        int count = (int)Blittable.Read<uint>(buffer);
        return Blittable.Cast<KvmCpuidEntry>(
            buffer.AsSpan(CpuidHeaderBytes, count * entryBytes)).ToArray();
    }

    public KvmMachine CreateMachine() => new(
        new SafeFileHandle(Call(KvmRequests.CREATE_VM, 0, "KVM_CREATE_VM"), ownsHandle: true),
        _runBytes);

    public void Dispose() => _descriptor.Dispose();

    private static NativeCallException Failed(string call) =>
        new(call, Path, Marshal.GetLastPInvokeError());

    private int Call(uint request, nint argument, string name)
    {
        int result = KvmCalls.ioctl(_descriptor, request, argument);
        return result >= 0 ? result : throw Failed(name);
    }
}
