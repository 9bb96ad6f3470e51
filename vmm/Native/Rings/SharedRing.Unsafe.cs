using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Dilaton.Core;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>Memory that two processes share, with a lane in either direction. It is a sealed memory
/// file: nobody can shorten it, and it is gone with the last who has it.</summary>
public sealed class SharedRing : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly nuint _length;
    private nint _memory;

    private SharedRing(SafeFileHandle file, uint capacity)
    {
        _file = file;
        CapacityBytes = (int)capacity;
        _length = LengthOf(capacity);
        _memory = MemoryCalls.mmap(
            0, _length, MemoryCalls.PROT_READ | MemoryCalls.PROT_WRITE, MemoryCalls.MAP_SHARED,
            file, 0);
        Check(_memory != MemoryCalls.MAP_FAILED, "mmap");
        nint control = _memory + RingLayout.LaneAt;
        nint data = _memory + RingLayout.HeadBytes;
        ToPeer = new RingLane(this, control, data, capacity);
        ToWorker = new RingLane(
            this, control + RingLayout.LaneBytes, data + (nint)capacity, capacity);
    }

    /// <summary>Of each lane.</summary>
    public int CapacityBytes { get; }

    public RingLane ToPeer { get; }

    public RingLane ToWorker { get; }

    /// <summary>Where another process of the same user can open it, as long as this one lives and
    /// has it.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{_file.DangerousGetHandle()}";

    /// <param name="capacityBytes">Of each lane: a power of two from 4 KiB to 64 MiB.</param>
    /// <exception cref="NativeCallException">The host refuses.</exception>
    public static SharedRing Create(int capacityBytes)
    {
        Invariant.Require(IsCapacity((uint)capacityBytes));
        SafeFileHandle file = MemoryCalls.memfd_create(
            "dilaton-ring", RingCalls.MFD_CLOEXEC | RingCalls.MFD_ALLOW_SEALING);
        Check(!file.IsInvalid, "memfd_create");
        Check(
            MemoryCalls.ftruncate(file, (long)LengthOf((uint)capacityBytes)) == 0, "ftruncate");
        const int Seals = RingCalls.F_SEAL_SHRINK | RingCalls.F_SEAL_GROW | RingCalls.F_SEAL_SEAL;
        Check(RingCalls.fcntl(file, RingCalls.F_ADD_SEALS, Seals) == 0, "fcntl");
        SharedRing ring = new(file, (uint)capacityBytes);
        Span<byte> head = ring.Head();
        BinaryPrimitives.WriteUInt32LittleEndian(
            head[RingLayout.CapacityAt..], (uint)capacityBytes);
        RingLayout.Magic.CopyTo(head);
        return ring;
    }

    /// <summary>Opens what another process created.</summary>
    /// <exception cref="RingException">It is no ring.</exception>
    public static SharedRing Open(string path)
    {
        SafeFileHandle file = File.OpenHandle(
            path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Span<byte> head = stackalloc byte[RingLayout.CapacityAt + sizeof(uint)];
        int read = RandomAccess.Read(file, head, 0);
        uint capacity = BinaryPrimitives.ReadUInt32LittleEndian(head[RingLayout.CapacityAt..]);
        if (read != head.Length || !head.StartsWith(RingLayout.Magic) || !IsCapacity(capacity)
            || RandomAccess.GetLength(file) != (long)LengthOf(capacity))
        {
            file.Dispose();
            throw new RingException($"{path} is no ring, version 1");
        }

        return new SharedRing(file, capacity);
    }

    public void Dispose()
    {
        if (_memory != 0)
        {
            // SAFETY: mapped in the constructor; lanes look here before they touch it.
            _ = MemoryCalls.munmap(_memory, _length);
            _memory = 0;
        }

        _file.Dispose();
    }

    internal void RequireOpen() => ObjectDisposedException.ThrowIf(_memory == 0, this);

    private static bool IsCapacity(uint bytes) => BitOperations.IsPow2(bytes)
        && bytes is >= RingLayout.CapacityBytesMin and <= RingLayout.CapacityBytesMax;

    private static nuint LengthOf(uint capacity) => RingLayout.HeadBytes + (2 * (nuint)capacity);

    private Span<byte> Head()
    {
        unsafe
        {
            // SAFETY: the first page of the mapping.
            return new Span<byte>((void*)_memory, RingLayout.HeadBytes);
        }
    }

    private static void Check(bool done, string call)
    {
        if (!done)
        {
            throw new NativeCallException(
                call, "a ring of shared memory", Marshal.GetLastPInvokeError());
        }
    }
}
