using System.Buffers.Binary;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>The memory of one guest process: which areas it has, the host mappings that back
/// them, physical frames, and the pages that an engine watches. Addresses are chosen here, by
/// <see cref="AddressWindow"/> and first fit, so that they are the same in every run.</summary>
internal sealed partial class AddressSpace : IGuestAddressSpace, IDisposable
{
    /// <summary>As many areas as a Linux process may have by default, less what the host needs.
    /// </summary>
    public const int AreasMax = 60_000;

    private readonly NodeMemory _node;
    private readonly bool _ownsNode;
    private readonly GuestMemory _memory;
    private readonly AreaList _areas = new();
    private readonly FrameTable _frames;
    private readonly WatchedPages _watched;
    private readonly List<ICodeObserver> _observers = [];

    /// <summary>Memory of a process that has its node to itself.</summary>
    public AddressSpace(AddressSpaceOptions options)
        : this(new NodeMemory(options))
    {
        _ownsNode = true;
        Activate();
    }

    /// <summary>Empty memory of one more process.</summary>
    public AddressSpace(NodeMemory node)
    {
        _node = node;
        _frames = new FrameTable(node.Frames, Window);
        _watched = new WatchedPages(Window);
        _memory = GuestMemory.Create(node.Place);
        node.Add(this);
    }

    public AddressWindow Window => _node.Window;

    public IReadOnlyList<MemoryArea> Areas => _areas.Items;

    public ulong CommittedBytes => _areas.CommittedBytes;

    public ulong LimitBytes => _node.Options.LimitBytes;

    /// <summary>Pages of the node touched for the first time so far, as far as an engine asked.
    /// </summary>
    public ulong FirstTouches => _node.Frames.FirstTouches;

    public bool TryFindArea(ulong address, out MemoryArea area) =>
        _areas.TryFind(address, out area);

    public void Observe(ICodeObserver observer) => _observers.Add(observer);

    public void Ignore(ICodeObserver observer) => _observers.Remove(observer);

    public int FetchCode(ulong address, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length
            && Window.MayHoldCode(address)
            && _areas.TryFind(address, out MemoryArea area)
            && (area.Protection & GuestProtection.Execute) != 0)
        {
            int length = (int)Math.Min(area.End - address, (ulong)(destination.Length - done));
            OpenFor(address, (ulong)length);
            _memory.Span(address, length).CopyTo(destination[done..]);
            done += length;
            address += (ulong)length;
        }

        return done;
    }

    /// <inheritdoc/>
    public bool TryReadWord(ulong address, out ulong value)
    {
        value = 0;
        if (!_areas.TryFind(address, out MemoryArea area) || area.End - address < sizeof(ulong)
            || area.Kind is AreaKind.SharedFile or AreaKind.Window
            || (area.Protection & GuestProtection.Read) == 0)
        {
            return false;
        }

        value = BinaryPrimitives.ReadUInt64LittleEndian(_memory.Span(address, sizeof(ulong)));
        return true;
    }

    /// <inheritdoc/>
    public bool TryFindPages(ulong address, out GuestPageRun pages)
    {
        bool found = _areas.TryFind(address, out MemoryArea area) && area.Kind != AreaKind.Window;
        ulong start = area.Start;
        ulong end = area.End;
        if (found && area.Kind == AreaKind.SharedFile)
        {
            // The file may end before its mapping does, and change.
            OpenFor(address, 1);
            found = area.Protection == GuestProtection.None || _memory.IsPresent(address);
            start = GuestPage.Floor(address);
            end = start + GuestPage.SizeBytes;
        }

        pages = found
            ? new GuestPageRun(
                start,
                end,
                area.Allows(GuestProtection.Read),
                area.Allows(GuestProtection.Write),
                (area.Protection & GuestProtection.Execute) != 0)
            : default;
        return found;
    }

    /// <inheritdoc/>
    public bool TryFindMapping(ulong address, out GuestMapping mapping)
    {
        if (!_areas.TryFind(address, out MemoryArea area))
        {
            mapping = default;
            return false;
        }

        GuestMappingKind kind = area.Kind switch
        {
            AreaKind.Heap => GuestMappingKind.Heap,
            AreaKind.Stack => GuestMappingKind.Stack,
            AreaKind.PrivateFile or AreaKind.SharedFile => GuestMappingKind.File,
            AreaKind.Window => GuestMappingKind.Window,
            _ => GuestMappingKind.Anonymous,
        };
        mapping = new GuestMapping(
            kind,
            area.Start,
            area.End,
            area.File?.Name,
            area.File is null ? 0 : area.FileOffset + (address - area.Start),
            (area.Protection & GuestProtection.Write) != 0,
            (area.Protection & GuestProtection.Execute) != 0);
        return true;
    }

    public GuestPhysicalAddress Translate(GuestVirtualAddress address)
    {
        ulong page = address.Value >> GuestPage.Shift;
        if (!_frames.TryFind(page, out ulong frame))
        {
            frame = FirstTouch(page);
        }

        return new GuestPhysicalAddress(
            (frame << GuestPage.Shift) | (address.Value & GuestPage.OffsetMask));
    }

    public bool TryTranslate(GuestVirtualAddress address, out GuestPhysicalAddress physical)
    {
        bool has = _frames.TryFind(address.Value >> GuestPage.Shift, out ulong frame);
        physical = has
            ? new GuestPhysicalAddress(
                (frame << GuestPage.Shift) | (address.Value & GuestPage.OffsetMask))
            : default;
        return has;
    }

    public void WatchCode(ulong pageAddress)
    {
        Invariant.Require((pageAddress & GuestPage.OffsetMask) == 0);
        bool mapped = _areas.TryFind(pageAddress, out MemoryArea area);
        Invariant.Require(mapped);
        if (_watched.Contains(pageAddress))
        {
            return;
        }

        _watched.Add(pageAddress);
        if ((area.Protection & GuestProtection.Write) != 0)
        {
            _memory.Protect(pageAddress, GuestPage.SizeBytes, HostProtection.Read);
        }
    }

    /// <summary>Lets a guest write to a watched page through.</summary>
    /// <returns>False if the guest may not write there at all: a fault of its own.</returns>
    public bool TryResolveFault(ulong address)
    {
        if (!_watched.Contains(address)
            || !_areas.TryFind(address, out MemoryArea area)
            || !area.Allows(GuestProtection.Write))
        {
            return false;
        }

        PrepareStore(address, 1);
        return true;
    }

    /// <summary>How many bytes from the address on the guest itself may access, up to a maximum; none
    /// of a window.</summary>
    public ulong Accessible(ulong address, ulong lengthMax, GuestProtection access)
    {
        ulong position = address;
        while (position - address < lengthMax
            && _areas.TryFind(position, out MemoryArea area)
            && area.Kind != AreaKind.Window
            && area.Allows(access))
        {
            position = area.End;
        }

        return Math.Min(position - address, lengthMax);
    }

    /// <summary>Bytes that <see cref="Accessible"/> found accessible. To write them, call
    /// <see cref="PrepareStore"/> first.</summary>
    public Span<byte> Bytes(ulong address, int lengthBytes)
    {
        OpenFor(address, (ulong)lengthBytes);
        return _memory.Span(address, lengthBytes);
    }

    /// <summary>Tells the engines that bytes of the range are about to change.</summary>
    public void PrepareStore(ulong address, ulong lengthBytes)
    {
        if (_watched.Count == 0)
        {
            return;
        }

        ulong end = address + lengthBytes;
        while (_watched.TryFirst(address, end, out ulong page))
        {
            _watched.Remove(page);
            foreach (ICodeObserver observer in _observers)
            {
                observer.CodeChanged(page, GuestPage.SizeBytes);
            }

            if (_areas.TryFind(page, out MemoryArea area))
            {
                _memory.Protect(
                    page, GuestPage.SizeBytes, HostOf(area.Kind, area.Protection));
            }
        }
    }

    public void Dispose()
    {
        foreach (ICodeObserver observer in _observers.ToArray())
        {
            observer.Ended();
        }

        foreach (MemoryArea area in _areas.Items)
        {
            _frames.Release(
                area.Start >> GuestPage.Shift, area.End >> GuestPage.Shift, Owns(area.Kind));
        }

        _node.Remove(this);
        _memory.Dispose();
        if (_ownsNode)
        {
            _node.Dispose();
        }
    }

    /// <summary>Frames of such an area are its process's own.</summary>
    private static bool Owns(AreaKind kind) => kind is not (AreaKind.SharedFile or AreaKind.Window);

    private HostProtection HostOf(AreaKind kind, GuestProtection protection) =>
        kind == AreaKind.Window || (kind == AreaKind.SharedFile && _isWithdrawn)
            ? HostProtection.None
        : (protection & GuestProtection.Write) != 0 ? HostProtection.ReadWrite
        : protection != GuestProtection.None ? HostProtection.Read
        : HostProtection.None;

    /// <summary>The engine, or what lies outside of the window: there the host may have memory.</summary>
    private bool IsWorkers(ulong address) =>
        address - Window.Start is >= GuestLayout.EngineStart and < GuestLayout.EngineEnd
            or >= GuestLayout.WindowSizeBytes;

    private ulong FirstTouch(ulong page)
    {
        bool mapped = _areas.TryFind(page << GuestPage.Shift, out MemoryArea area);
        if (!mapped && IsWorkers(page << GuestPage.Shift))
        {
            throw new WildAccessException(new GuestVirtualAddress(page << GuestPage.Shift));
        }

        Invariant.Require(mapped);
        if (area.Kind == AreaKind.Window)
        {
            ulong window = WindowAddress(area, page << GuestPage.Shift) >> GuestPage.Shift;
            _frames.Set(page, checked((uint)window));
            return window;
        }

        if (area.Kind != AreaKind.SharedFile
            || area.File is not { } file
            || _node.Options.Addressing == MemoryAddressing.Identity)
        {
            return _frames.Touch(page);
        }

        ulong offset = area.FileOffset + ((page << GuestPage.Shift) - area.Start);
        var key = (file.DeviceId, file.Inode, offset >> GuestPage.Shift);
        if (!_node.SharedFrames.TryGetValue(key, out uint frame))
        {
            frame = _node.Frames.Take(page);
            _node.SharedFrames.Add(key, frame);
        }

        _frames.Set(page, frame);
        return frame;
    }

    /// <summary>Drops what engines know of a range whose pages go away.</summary>
    private void Forget(ulong start, ulong end, bool isOwner)
    {
        ForgetCode(start, end);
        _frames.Release(start >> GuestPage.Shift, end >> GuestPage.Shift, isOwner);
        foreach (ICodeObserver observer in _observers)
        {
            observer.MappingChanged(start, end - start);
        }
    }

    private void ForgetCode(ulong start, ulong end)
    {
        bool hadCode = false;
        while (_watched.TryFirst(start, end, out ulong page))
        {
            _watched.Remove(page);
            hadCode = true;
        }

        if (hadCode)
        {
            foreach (ICodeObserver observer in _observers)
            {
                observer.CodeChanged(start, end - start);
            }
        }
    }
}
