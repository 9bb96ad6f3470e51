using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>Shared mappings while several processes run at once. A process that has not used its own of
/// late is withdrawn from them: the host denies it these pages, so that it may run ahead of the others,
/// and its first access to one is an exit, which acts in the order of virtual time as a call does.
/// <code>
///            first access, at the minimum of the node's clocks
///   withdrawn ------------------------------------------------> takes part, for 1 us of virtual time
///       ^                                                        (twice as long as the last time, up
///       |   a slice begins beside others who share, later        to 16 us, if it comes back at once)
///       +-------------------------------------------------------------+
/// </code></summary>
internal sealed partial class AddressSpace
{
    /// <summary>How long a process takes part after an access: longer means fewer exits of one that
    /// goes on accessing, and longer short slices of one that does not.</summary>
    private static readonly VirtualDuration s_partLeast = VirtualDuration.FromMicroseconds(1);
    private static readonly VirtualDuration s_partMost = VirtualDuration.FromMicroseconds(16);

    private VirtualDuration _part = s_partLeast;
    private VirtualTime _partEnd;
    private bool _isWithdrawn;

    /// <summary>As the resident pages are mapped.</summary>
    private bool _isHostWithdrawn;

    /// <summary>Withdraws the process from what it shares, unless it has used that just now.</summary>
    /// <returns>True if neither it nor others see what the other stores until it takes part again.
    /// </returns>
    public bool TryWithdraw(VirtualTime now)
    {
        if (!_isWithdrawn && now >= _partEnd)
        {
            _isWithdrawn = true;
            if (_memory.IsResident)
            {
                ShowShared();
            }
        }

        return _isWithdrawn;
    }

    /// <summary>Lets a withdrawn process take part again that has accessed a shared page.</summary>
    /// <returns>False if that is not why the access faulted.</returns>
    public bool TryTakePart(ulong address, VirtualTime now)
    {
        if (!_isWithdrawn
            || !_areas.TryFind(address, out MemoryArea area)
            || area.Kind != AreaKind.SharedFile)
        {
            return false;
        }

        VirtualDuration twice = _part + _part;
        bool isBack = now < _partEnd + twice;
        _part = !isBack ? s_partLeast : twice < s_partMost ? twice : s_partMost;
        _partEnd = now + _part;
        OpenShared();
        return true;
    }

    /// <summary>The kernel is about to access the range: at the end of the act the process may be
    /// withdrawn again.</summary>
    private void OpenFor(ulong address, ulong lengthBytes)
    {
        if (!_isWithdrawn)
        {
            return;
        }

        foreach (MemoryArea part in _areas.Within(address, address + lengthBytes))
        {
            if (part.Kind == AreaKind.SharedFile)
            {
                OpenShared();
                return;
            }
        }
    }

    private void OpenShared()
    {
        _isWithdrawn = false;
        ShowShared();
    }

    /// <summary>Gives the shared pages the rights on the host that they should have now.</summary>
    private void ShowShared()
    {
        _isHostWithdrawn = _isWithdrawn;
        foreach (MemoryArea area in _areas.Items)
        {
            if (area.Kind != AreaKind.SharedFile)
            {
                continue;
            }

            _memory.Protect(area.Start, area.LengthBytes, HostOf(area.Kind, area.Protection));
            if (!_isWithdrawn)
            {
                WatchWithin(area.Start, area.End);
            }
        }
    }
}
