using System.Runtime.InteropServices;
using Dilaton.Core;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>The bytes of one guest process. They live in a sparse memfd whose offset is the guest
/// virtual address less that of its window. While it is the resident of its <see cref="GuestPlace"/>
/// they are mapped at the guest's own addresses in this worker, and only then can it be worked on.
/// Addresses and lengths are whole pages inside the place; who may touch what is the caller's
/// business.</summary>
public sealed class GuestMemory : IDisposable
{
    private const int CopyBytesMax = 1 << 30;

    private readonly SafeFileHandle _backing;
    private readonly GuestPlace _place;

    private GuestMemory(GuestPlace place, SafeFileHandle backing)
    {
        _place = place;
        _backing = backing;
    }

    public bool IsResident => _place.Resident == this;

    /// <summary>Memory that nothing is mapped of, and that is not resident.</summary>
    /// <exception cref="NativeCallException">The host has no memory or descriptor.</exception>
    public static GuestMemory Create(GuestPlace place)
    {
        SafeFileHandle backing =
            MemoryCalls.memfd_create("dilaton-guest", MemoryCalls.MFD_CLOEXEC);
        if (backing.IsInvalid)
        {
            throw Failed("memfd_create", "guest memory");
        }

        var memory = new GuestMemory(place, backing);
        if (MemoryCalls.ftruncate(backing, memory.OffsetOf(place.End)) == 0)
        {
            return memory;
        }

        NativeCallException failure = Failed("ftruncate", "guest memory");
        memory.Dispose();
        throw failure;
    }

    /// <summary>Takes the place of whoever was resident: nothing is accessible until it is mapped,
    /// with the bytes that it had.</summary>
    public void BecomeResident() => _place.Settle(this);

    /// <summary>Takes over what was ever written of another's memory.</summary>
    public void CopyFrom(GuestMemory other)
    {
        long end = OffsetOf(_place.End);
        long position = 0;
        while (position < end)
        {
            long data = MemoryCalls.lseek(other._backing, position, MemoryCalls.SEEK_DATA);
            if (data < 0)
            {
                bool none = Marshal.GetLastPInvokeError() == MemoryCalls.ENXIO;
                Check(none, "lseek", 0, (ulong)end);
                return;
            }

            long hole = MemoryCalls.lseek(other._backing, data, MemoryCalls.SEEK_HOLE);
            Check(hole > data, "lseek", (ulong)data, (ulong)(end - data));
            for (position = data; position < hole;)
            {
                long from = position;
                long to = position;
                nint copied = MemoryCalls.copy_file_range(
                    other._backing, ref from, _backing, ref to,
                    (nuint)Math.Min(hole - position, CopyBytesMax), 0);
                Check(copied > 0, "copy_file_range", (ulong)position, (ulong)(hole - position));
                position += copied;
            }
        }
    }

    /// <summary>Gives the range fresh zero pages.</summary>
    public void Map(ulong address, ulong lengthBytes, HostProtection protection)
    {
        RequireInside(address, lengthBytes);
        // SAFETY: the range lies in the place's reservation, so MAP_FIXED replaces nothing
        // of anyone else's.
        nint at = MemoryCalls.mmap(
            (nint)address,
            (nuint)lengthBytes,
            Bits(protection),
            MemoryCalls.MAP_SHARED | MemoryCalls.MAP_FIXED,
            _backing,
            OffsetOf(address));
        Check(at != MemoryCalls.MAP_FAILED, "mmap", address, lengthBytes);
    }

    /// <summary>Shows a host file in the range; writes go to the file.</summary>
    /// <returns>0 or the host's errno.</returns>
    public int MapFile(
        ulong address,
        ulong lengthBytes,
        HostProtection protection,
        SafeFileHandle file,
        long offset)
    {
        RequireInside(address, lengthBytes);
        // SAFETY: as in Map.
        nint at = MemoryCalls.mmap(
            (nint)address,
            (nuint)lengthBytes,
            Bits(protection),
            MemoryCalls.MAP_SHARED | MemoryCalls.MAP_FIXED,
            file,
            offset);
        return at == MemoryCalls.MAP_FAILED ? Marshal.GetLastPInvokeError() : 0;
    }

    public void Protect(ulong address, ulong lengthBytes, HostProtection protection)
    {
        RequireInside(address, lengthBytes);
        // SAFETY: the range lies in the place's reservation.
        int result = MemoryCalls.mprotect((nint)address, (nuint)lengthBytes, Bits(protection));
        Check(result == 0, "mprotect", address, lengthBytes);
    }

    /// <summary>Takes the range back: inaccessible, and its bytes are gone.</summary>
    public void Unmap(ulong address, ulong lengthBytes)
    {
        RequireInside(address, lengthBytes);
        GuestPlace.Seal(address, lengthBytes, MemoryCalls.MAP_FIXED);
        Discard(address, lengthBytes);
    }

    /// <summary>Makes anonymous pages read as zero again and frees them; also while it is not
    /// resident.</summary>
    public void Discard(ulong address, ulong lengthBytes)
    {
        Invariant.Require(_place.Contains(address, lengthBytes));
        int result = MemoryCalls.fallocate(
            _backing,
            MemoryCalls.FALLOC_FL_PUNCH_HOLE | MemoryCalls.FALLOC_FL_KEEP_SIZE,
            OffsetOf(address),
            (long)lengthBytes);
        Check(result == 0, "fallocate", address, lengthBytes);
    }

    /// <summary>Copies what was ever written of an anonymous range to another mapped one; both
    /// must be readable and writable on the host.</summary>
    public void CopyTouched(ulong from, ulong to, ulong lengthBytes)
    {
        RequireInside(from, lengthBytes);
        RequireInside(to, lengthBytes);
        ulong end = from + lengthBytes;
        ulong position = from;
        while (position < end)
        {
            long data = MemoryCalls.lseek(_backing, OffsetOf(position), MemoryCalls.SEEK_DATA);
            if (data < 0)
            {
                bool none = Marshal.GetLastPInvokeError() == MemoryCalls.ENXIO;
                Check(none, "lseek", from, lengthBytes);
                return;
            }

            long hole = MemoryCalls.lseek(_backing, data, MemoryCalls.SEEK_HOLE);
            Check(hole > data, "lseek", from, lengthBytes);
            ulong last = Math.Min((ulong)hole + _place.Window, end);
            for (position = Math.Max((ulong)data + _place.Window, position); position < last;)
            {
                int length = (int)Math.Min(last - position, 1 << 30);
                Span(position, length).CopyTo(Span(position - from + to, length));
                position += (ulong)length;
            }

            position = Math.Max(position, last);
        }
    }

    /// <summary>Moves a mapping of a host file.</summary>
    public void MoveFile(ulong from, ulong fromLengthBytes, ulong to, ulong toLengthBytes)
    {
        RequireInside(from, fromLengthBytes);
        RequireInside(to, toLengthBytes);
        // SAFETY: both ranges lie in the place's reservation; the hole left behind is sealed
        // before anything else runs.
        nint at = MemoryCalls.mremap(
            (nint)from,
            (nuint)fromLengthBytes,
            (nuint)toLengthBytes,
            MemoryCalls.MREMAP_MAYMOVE | MemoryCalls.MREMAP_FIXED,
            (nint)to);
        Check(at != MemoryCalls.MAP_FAILED, "mremap", from, fromLengthBytes);
        GuestPlace.Seal(from, fromLengthBytes, MemoryCalls.MAP_FIXED_NOREPLACE);
    }

    /// <summary>Asks the host to write a range of a mapped file back.</summary>
    /// <returns>0 or the host's errno.</returns>
    public int Sync(ulong address, ulong lengthBytes, int flags)
    {
        RequireInside(address, lengthBytes);
        // SAFETY: the range lies in the place's reservation.
        int result = MemoryCalls.msync((nint)address, (nuint)lengthBytes, flags);
        return result == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Whether the host can read the byte: not behind the end of a mapped file.</summary>
    public bool IsPresent(ulong address)
    {
        RequireInside(address, 1);
        unsafe
        {
            // SAFETY: the kernel reads one byte of this process, if it can, into the local here.
            byte found = 0;
            nint* local = stackalloc nint[] { (nint)(&found), 1 };
            nint* remote = stackalloc nint[] { (nint)address, 1 };
            return MemoryCalls.process_vm_readv(
                MemoryCalls.getpid(), local, 1, remote, 1, 0) == 1;
        }
    }

    /// <summary>The bytes themselves. The caller has checked that they are mapped and that the
    /// host allows what it is about to do; touching others kills the worker.</summary>
    public Span<byte> Span(ulong address, int lengthBytes)
    {
        RequireInside(address, (ulong)lengthBytes);
        unsafe
        {
            // SAFETY: the range lies in the place's reservation, which no garbage collector
            // moves, and the caller has checked that it is mapped.
            return new Span<byte>((void*)address, lengthBytes);
        }
    }

    public void Dispose()
    {
        if (IsResident)
        {
            _place.Settle(null);
        }

        _backing.Dispose();
    }

    private long OffsetOf(ulong address) => (long)(address - _place.Window);

    private static int Bits(HostProtection protection) => protection switch
    {
        HostProtection.None => MemoryCalls.PROT_NONE,
        HostProtection.Read => MemoryCalls.PROT_READ,
        _ => MemoryCalls.PROT_READ | MemoryCalls.PROT_WRITE,
    };

    private static void Check(bool done, string call, ulong address, ulong lengthBytes)
    {
        if (!done)
        {
            throw Failed(call, $"guest memory 0x{address:x}..0x{address + lengthBytes:x}");
        }
    }

    private static NativeCallException Failed(string call, string subject) =>
        new(call, subject, Marshal.GetLastPInvokeError());

    private void RequireInside(ulong address, ulong lengthBytes)
    {
        Invariant.Require(_place.Resident == this);
        Invariant.Require(_place.Contains(address, lengthBytes));
    }
}
