namespace Dilaton.Core;

/// <summary>What an engine may ask of a process's address space.</summary>
public interface IGuestAddressSpace
{
    /// <summary>Copies instruction bytes from <paramref name="address"/> on.</summary>
    /// <returns>How many of them are readable and executable by the guest; 0 is a fetch fault.
    /// </returns>
    int FetchCode(ulong address, Span<byte> destination);

    /// <summary>Reads 8 bytes as a guest load would, without side effects.</summary>
    /// <returns>False if they can't be told; an engine must not rely on being told.</returns>
    bool TryReadWord(ulong address, out ulong value)
    {
        value = 0;
        return false;
    }

    /// <summary>Physical address, allocating the frame on first touch, in call order. An address
    /// that the guest has not mapped is an invariant failure.</summary>
    GuestPhysicalAddress Translate(GuestVirtualAddress address);

    /// <summary>Physical address if the page has a frame already; never allocates, never fails. For
    /// prefetches and line flushes, which may name any address and do nothing elsewhere.</summary>
    bool TryTranslate(GuestVirtualAddress address, out GuestPhysicalAddress physical)
    {
        physical = default;
        return false;
    }

    /// <summary>The mapped pages around an address that guest code may access all in the same way.
    /// </summary>
    /// <returns>False if nothing is mapped there, or a window.</returns>
    bool TryFindPages(ulong address, out GuestPageRun pages)
    {
        pages = default;
        return false;
    }

    /// <summary>What an address belongs to, for who tells a user about it.</summary>
    /// <returns>False if nothing is mapped there.</returns>
    bool TryFindMapping(ulong address, out GuestMapping mapping)
    {
        mapping = default;
        return false;
    }

    /// <summary>Whether the guest may access a window in the range, all of which is the window's. The
    /// window's pages can't be accessed from guest code.</summary>
    bool TryFindWindow(
        ulong address, ulong lengthBytes, bool isStore, out GuestPhysicalAddress physical)
    {
        physical = default;
        return false;
    }

    /// <summary>Opens a range of a window to guest code, which <see cref="TryFindWindow"/> has found,
    /// until <see cref="CloseWindow"/>.</summary>
    /// <returns>The bytes behind it.</returns>
    Span<byte> OpenWindow(ulong address, int lengthBytes) =>
        throw new InvariantException("there is no window");

    void CloseWindow(ulong address, int lengthBytes) =>
        throw new InvariantException("there is no window");

    /// <summary>Tells that the page holds translated code: from now on a guest write to it must
    /// fault, then <see cref="ICodeObserver.CodeChanged"/> is called before it is let through.
    /// </summary>
    void WatchCode(ulong pageAddress);

    void Observe(ICodeObserver observer);

    /// <summary>The observer has no more to learn.</summary>
    void Ignore(ICodeObserver observer)
    {
    }

    /// <summary>Puts the process's memory where its code expects it, in place of another's of the
    /// node. Engines call it before they run the process. HOT: per slice.</summary>
    void Activate()
    {
    }
}
