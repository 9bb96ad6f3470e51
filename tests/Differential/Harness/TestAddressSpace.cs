using System.Runtime.InteropServices;
using Dilaton.Core;

namespace Dilaton.Tests.Differential;

/// <summary>The regions of <see cref="TestLayout"/>, mapped in this process at their guest
/// addresses. Frames are a fixed permutation of pages, so that a virtual address taken for a
/// physical one shows.</summary>
internal sealed unsafe partial class TestAddressSpace : IGuestAddressSpace, IDisposable
{
    private const int MapFlags = 0x10_0022;
    private readonly HashSet<ulong> _watched = [];
    private readonly List<ICodeObserver> _observers = [];
    private bool _codeIsWritable;

    public TestAddressSpace()
    {
        foreach (MemoryRegion region in TestLayout.Regions)
        {
            nint at = Map((nint)region.Start, (nuint)region.SizeBytes, 3, MapFlags, -1, 0);
            if (at != (nint)region.Start)
            {
                throw new InvalidOperationException(
                    $"mmap of 0x{region.Start:x}: errno {Marshal.GetLastPInvokeError()}");
            }
        }
    }

    public int CodeChanges { get; private set; }

    public static ulong Physical(ulong address) =>
        ((((address >> GuestPage.Shift) * 0x9E37_79B9) & 0xF_FFFF) << GuestPage.Shift)
        | (address & GuestPage.OffsetMask);

    public void Dispose()
    {
        foreach (MemoryRegion region in TestLayout.Regions)
        {
            _ = Unmap((nint)region.Start, (nuint)region.SizeBytes);
        }
    }

    /// <summary>Puts a case's memory in place; every translation is stale afterwards.</summary>
    public void Load(TestCase test)
    {
        _codeIsWritable = test.CodeIsWritable;
        int offset = 0;
        foreach (MemoryRegion region in TestLayout.Regions)
        {
            bool isPlain = region.Protection == (TestLayout.Read | TestLayout.Write);
            if (!isPlain)
            {
                Protect(region.Start, region.SizeBytes, 3);
            }

            test.Image.AsSpan(offset, region.SizeBytes)
                .CopyTo(new Span<byte>((void*)region.Start, region.SizeBytes));
            offset += region.SizeBytes;
            if (!isPlain && !(region == TestLayout.Code && _codeIsWritable))
            {
                Protect(region.Start, region.SizeBytes, 1);
            }
        }

        _watched.Clear();
        foreach (ICodeObserver observer in _observers)
        {
            observer.CodeChanged(TestLayout.Code.Start, (ulong)TestLayout.Code.SizeBytes);
        }
    }

    public byte[] Save()
    {
        byte[] image = new byte[TestLayout.ImageBytes];
        int offset = 0;
        foreach (MemoryRegion region in TestLayout.Regions)
        {
            new ReadOnlySpan<byte>((void*)region.Start, region.SizeBytes)
                .CopyTo(image.AsSpan(offset));
            offset += region.SizeBytes;
        }

        return image;
    }

    /// <summary>Lets a guest write to a watched code page through, as the node kernel would.
    /// </summary>
    public bool TryUnwatch(ulong address)
    {
        ulong page = GuestPage.Floor(address);
        if (!_codeIsWritable || !_watched.Remove(page))
        {
            return false;
        }

        foreach (ICodeObserver observer in _observers)
        {
            observer.CodeChanged(page, GuestPage.SizeBytes);
        }

        CodeChanges++;
        Protect(page, (int)GuestPage.SizeBytes, 3);
        return true;
    }

    public int FetchCode(ulong address, Span<byte> destination)
    {
        if (!TestLayout.Code.Contains(address))
        {
            return 0;
        }

        int length = (int)Math.Min((ulong)destination.Length, TestLayout.Code.End - address);
        new ReadOnlySpan<byte>((void*)address, length).CopyTo(destination);
        return length;
    }

    public bool TryReadWord(ulong address, out ulong value)
    {
        bool isKnown = TestLayout.Code.Contains(address) && TestLayout.Code.Contains(address + 7);
        value = isKnown ? *(ulong*)address : 0;
        return isKnown;
    }

    public GuestPhysicalAddress Translate(GuestVirtualAddress address)
    {
        if (address.Value is >= GuestLayout.EngineStart and < GuestLayout.EngineEnd)
        {
            // The engine's memory can be reached by a guest that guesses; that is its worker's end.
            return new GuestPhysicalAddress(address.Value);
        }

        if (!TestLayout.IsMapped(address.Value, 1))
        {
            throw new InvalidOperationException($"translation of unmapped {address}");
        }

        return new GuestPhysicalAddress(Physical(address.Value));
    }

    public bool TryTranslate(GuestVirtualAddress address, out GuestPhysicalAddress physical)
    {
        bool isMapped = TestLayout.IsMapped(address.Value, 1);
        physical = new GuestPhysicalAddress(isMapped ? Physical(address.Value) : 0);
        return isMapped;
    }

    public void WatchCode(ulong pageAddress)
    {
        if (_watched.Add(pageAddress) && _codeIsWritable)
        {
            Protect(pageAddress, (int)GuestPage.SizeBytes, 1);
        }
    }

    public void Observe(ICodeObserver observer) => _observers.Add(observer);

    public void Ignore(ICodeObserver observer) => _observers.Remove(observer);

    private static void Protect(ulong address, int length, int protection)
    {
        if (ProtectPages((nint)address, (nuint)length, protection) != 0)
        {
            throw new InvalidOperationException(
                $"mprotect of 0x{address:x}: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(
        nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int ProtectPages(nint address, nuint length, int protection);
}
