using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>One of several processes of a node: only one of them lies at the guest's addresses, and
/// only that one can be read, written, mapped or run.</summary>
internal sealed partial class AddressSpace
{
    private int _users = 1;

    /// <inheritdoc/>
    public void Activate()
    {
        if (!_memory.IsResident)
        {
            MapAll();
        }
        else if (_isHostWithdrawn != _isWithdrawn)
        {
            ShowShared();
        }
    }

    /// <summary>No store in either can show in the other: they are two, and share no pages that one
    /// of them may write.</summary>
    public bool IsApartFrom(AddressSpace other) => other != this
        && (_areas.SharedPages == 0 || other._areas.SharedStorePages == 0)
        && (_areas.SharedStorePages == 0 || other._areas.SharedPages == 0);

    /// <summary>One more process has this memory, until its first <see cref="Release"/>: vfork.
    /// </summary>
    public void AddUser() => _users++;

    /// <summary>A process has no more use of it.</summary>
    public void Release()
    {
        Invariant.Require(_users > 0);
        if (--_users == 0)
        {
            Dispose();
        }
    }

    /// <summary>The memory of a child: the same bytes at the same addresses. Its pages get frames of
    /// their own when it touches them, except those of shared mappings.</summary>
    /// <returns>Null if both together exceed the node's memory.</returns>
    public AddressSpace? Fork()
    {
        if (Exceeds(CommittedBytes, 0))
        {
            return null;
        }

        AddressSpace child = new(_node) { _heapStart = _heapStart, _heapEnd = _heapEnd };
        foreach (MemoryArea area in _areas.Items)
        {
            if (area.ForkAdvice != ForkAdvice.Omit)
            {
                child._areas.Insert(area);
            }
        }

        child._memory.CopyFrom(_memory);
        foreach (MemoryArea area in _areas.Items)
        {
            if (area.ForkAdvice != ForkAdvice.Copy && Owns(area.Kind))
            {
                child._memory.Discard(area.Start, area.LengthBytes);
            }
        }

        return child;
    }

    private void MapAll()
    {
        _memory.BecomeResident();
        _isHostWithdrawn = _isWithdrawn;
        foreach (MemoryArea area in _areas.Items)
        {
            HostProtection protection = HostOf(area.Kind, area.Protection);
            if (Owns(area.Kind))
            {
                _memory.Map(area.Start, area.LengthBytes, protection);
                continue;
            }

            int error = _memory.MapFile(
                area.Start,
                area.LengthBytes,
                protection,
                _node.HandleOf(area.File!),
                checked((long)area.FileOffset));
            if (error != 0)
            {
                throw new NativeCallException("mmap", area.File!.Name, error);
            }
        }

        WatchWithin(Window.Start, Window.EngineStart);
    }

    /// <summary>Closes the pages with translated code to stores again.</summary>
    private void WatchWithin(ulong from, ulong end)
    {
        while (_watched.TryFirst(from, end, out ulong page))
        {
            if (_areas.TryFind(page, out MemoryArea area) && area.Allows(GuestProtection.Write))
            {
                _memory.Protect(page, GuestPage.SizeBytes, HostProtection.Read);
            }

            from = page + GuestPage.SizeBytes;
        }
    }
}
