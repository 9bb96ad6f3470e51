using System.Runtime.InteropServices;
using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>Where the processes of a node lie in this worker: regions of one address window, of which
/// one process's memory has the use at a time. What is not mapped of it is inaccessible, and nothing
/// else of this host process can get there.</summary>
public sealed class GuestPlace : IDisposable
{
    private readonly List<GuestRegion> _reserved = [];

    private GuestPlace(ulong window) => Window = window;

    /// <summary>Start of the address window.</summary>
    public ulong Window { get; }

    /// <summary>Behind the last region.</summary>
    public ulong End { get; private set; }

    /// <summary>Whose bytes lie here now.</summary>
    public GuestMemory? Resident { get; private set; }

    /// <exception cref="NativeCallException">The host has something there.</exception>
    public static GuestPlace Reserve(ulong window, IReadOnlyList<GuestRegion> regions)
    {
        GuestPlace place = new(window);
        try
        {
            foreach (GuestRegion region in regions)
            {
                Seal(region.Start, region.LengthBytes, MemoryCalls.MAP_FIXED_NOREPLACE);
                place._reserved.Add(region);
                place.End = Math.Max(place.End, region.End);
            }

            return place;
        }
        catch
        {
            place.Dispose();
            throw;
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
        Resident = null;
    }

    internal bool Contains(ulong address, ulong lengthBytes)
    {
        foreach (GuestRegion region in _reserved)
        {
            if (address >= region.Start && address <= region.End
                && lengthBytes <= region.End - address)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Makes everything inaccessible, for a new resident to map what it has.</summary>
    internal void Settle(GuestMemory? resident)
    {
        if (Resident is not null)
        {
            foreach (GuestRegion region in _reserved)
            {
                Seal(region.Start, region.LengthBytes, MemoryCalls.MAP_FIXED);
            }
        }

        Resident = resident;
    }

    internal static void Seal(ulong address, ulong lengthBytes, int placement)
    {
        // SAFETY: callers pass a range of a place, or one that MAP_FIXED_NOREPLACE checks.
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
            throw new NativeCallException(
                call,
                $"guest memory 0x{address:x}..0x{address + lengthBytes:x}",
                Marshal.GetLastPInvokeError());
        }
    }
}
