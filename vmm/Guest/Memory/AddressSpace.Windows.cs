using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>Windows: mapped devices, whose pages the host denies to guest code, so that every access
/// leaves the engine. System calls don't reach them: EFAULT.</summary>
internal sealed partial class AddressSpace
{
    public bool TryFindWindow(
        ulong address, ulong lengthBytes, bool isStore, out GuestPhysicalAddress physical)
    {
        physical = default;
        if (!_areas.TryFind(address, out MemoryArea area)
            || area.Kind != AreaKind.Window
            || lengthBytes > area.End - address
            || !area.Allows(isStore ? GuestProtection.Write : GuestProtection.Read))
        {
            return false;
        }

        physical = new GuestPhysicalAddress(WindowAddress(area, address));
        return true;
    }

    public Span<byte> OpenWindow(ulong address, int lengthBytes)
    {
        ProtectWindow(address, lengthBytes, HostProtection.ReadWrite);
        return _memory.Span(address, lengthBytes);
    }

    public void CloseWindow(ulong address, int lengthBytes) =>
        ProtectWindow(address, lengthBytes, HostProtection.None);

    private static ulong WindowAddress(in MemoryArea area, ulong address)
    {
        Invariant.Require(area.File is { WindowBase: not null });
        return area.File.WindowBase.Value + area.FileOffset + (address - area.Start);
    }

    private void ProtectWindow(ulong address, int lengthBytes, HostProtection protection)
    {
        ulong start = GuestPage.Floor(address);
        ulong end = GuestPage.Ceiling(address + (ulong)lengthBytes);
        _memory.Protect(start, end - start, protection);
    }
}
