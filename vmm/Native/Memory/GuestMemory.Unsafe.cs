using System.Runtime.InteropServices;
using Dilaton.Core;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>The bytes of one guest process, mapped at the guest's own addresses in this worker.
/// They live in a sparse memfd whose offset is the guest virtual address less that of its window, so
/// that a later fork can hand the memory to another worker. Addresses and lengths are whole pages inside the
/// regions; who may touch what is the caller's business.</summary>
public sealed class GuestMemory : IDisposable
{
    private readonly SafeFileHandle _backing;
    private readonly List<GuestRegion> _reserved = [];

    private readonly ulong _window;

    private GuestMemory(ulong window, SafeFileHandle backing)
    {
        _window = window;
        _backing = backing;
    }

    /// <summary>Reserves the regions, so that nothing else of this process can get there.
    /// </summary>
    /// <param name="window">Start of the guest's address window.</param>
    /// <exception cref="NativeCallException">The host has something there, or no memory.
    /// </exception>
    public static GuestMemory Create(ulong window, IReadOnlyList<GuestRegion> regions)
    {
        SafeFileHandle backing =
            MemoryCalls.memfd_create("dilaton-guest", MemoryCalls.MFD_CLOEXEC);
        if (backing.IsInvalid)
        {
            throw Failed("memfd_create", "guest memory");
        }

        var memory = new GuestMemory(window, backing);
        try
        {
            memory.Reserve(regions);
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Gives the range fresh zero pages.</summary>
    public void Map(ulong address, ulong lengthBytes, HostProtection protection)
    {
        RequireInside(address, lengthBytes);
        // SAFETY: the range lies in this object's own reservation, so MAP_FIXED replaces nothing
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
        // SAFETY: the range lies in this object's own reservation.
        int result = MemoryCalls.mprotect((nint)address, (nuint)lengthBytes, Bits(protection));
        Check(result == 0, "mprotect", address, lengthBytes);
    }

    /// <summary>Takes the range back: inaccessible, and its bytes are gone.</summary>
    public void Unmap(ulong address, ulong lengthBytes)
    {
        RequireInside(address, lengthBytes);
        Seal(address, lengthBytes, MemoryCalls.MAP_FIXED);
        Discard(address, lengthBytes);
    }

    /// <summary>Makes anonymous pages read as zero again and frees them.</summary>
    public void Discard(ulong address, ulong lengthBytes)
    {
        RequireInside(address, lengthBytes);
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
            ulong last = Math.Min((ulong)hole + _window, end);
            for (position = Math.Max((ulong)data + _window, position); position < last;)
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
        // SAFETY: both ranges lie in this object's own reservation; the hole left behind is sealed
        // before anything else runs.
        nint at = MemoryCalls.mremap(
            (nint)from,
            (nuint)fromLengthBytes,
            (nuint)toLengthBytes,
            MemoryCalls.MREMAP_MAYMOVE | MemoryCalls.MREMAP_FIXED,
            (nint)to);
        Check(at != MemoryCalls.MAP_FAILED, "mremap", from, fromLengthBytes);
        Seal(from, fromLengthBytes, MemoryCalls.MAP_FIXED_NOREPLACE);
    }

    /// <summary>Asks the host to write a range of a mapped file back.</summary>
    /// <returns>0 or the host's errno.</returns>
    public int Sync(ulong address, ulong lengthBytes, int flags)
    {
        RequireInside(address, lengthBytes);
        // SAFETY: the range lies in this object's own reservation.
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
            // SAFETY: the range lies in this object's own reservation, which no garbage collector
            // moves, and the caller has checked that it is mapped.
            return new Span<byte>((void*)address, lengthBytes);
        }
    }

    public void Dispose()
    {
        foreach (GuestRegion region in _reserved)
        {
            // SAFETY: the region was reserved by this object and nothing of it is handed out.
            int result = MemoryCalls.munmap((nint)region.Start, (nuint)region.LengthBytes);
            Check(result == 0, "munmap", region.Start, region.LengthBytes);
        }

        _reserved.Clear();
        _backing.Dispose();
    }

    private long OffsetOf(ulong address) => (long)(address - _window);

    private static int Bits(HostProtection protection) => protection switch
    {
        HostProtection.None => MemoryCalls.PROT_NONE,
        HostProtection.Read => MemoryCalls.PROT_READ,
        _ => MemoryCalls.PROT_READ | MemoryCalls.PROT_WRITE,
    };

    private static void Seal(ulong address, ulong lengthBytes, int placement)
    {
        // SAFETY: callers pass a range of their own, or one that MAP_FIXED_NOREPLACE checks.
        nint at = MemoryCalls.mmap(
            (nint)address,
            (nuint)lengthBytes,
            MemoryCalls.PROT_NONE,
            MemoryCalls.MAP_PRIVATE | MemoryCalls.MAP_ANONYMOUS | MemoryCalls.MAP_NORESERVE
                | placement,
            -1,
            0);
        Check(at == (nint)address, "mmap", address, lengthBytes);
    }

    private static void Check(bool done, string call, ulong address, ulong lengthBytes)
    {
        if (!done)
        {
            throw Failed(call, $"guest memory 0x{address:x}..0x{address + lengthBytes:x}");
        }
    }

    private static NativeCallException Failed(string call, string subject) =>
        new(call, subject, Marshal.GetLastPInvokeError());

    private void Reserve(IReadOnlyList<GuestRegion> regions)
    {
        ulong end = 0;
        foreach (GuestRegion region in regions)
        {
            Seal(region.Start, region.LengthBytes, MemoryCalls.MAP_FIXED_NOREPLACE);
            _reserved.Add(region);
            end = Math.Max(end, region.End);
        }

        if (MemoryCalls.ftruncate(_backing, OffsetOf(end)) != 0)
        {
            throw Failed("ftruncate", "guest memory");
        }
    }

    private void RequireInside(ulong address, ulong lengthBytes)
    {
        foreach (GuestRegion region in _reserved)
        {
            if (address >= region.Start && address <= region.End
                && lengthBytes <= region.End - address)
            {
                return;
            }
        }

        Invariant.Require(false, "guest memory range lies inside the reservation");
    }
}
