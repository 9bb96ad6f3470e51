using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Physical frames of a node, given in the order in which they are asked for, so that they
/// depend on its guests only; a freed frame is the next one given. Processes never alias.</summary>
internal sealed class FrameAllocator(MemoryAddressing addressing, AddressWindow window)
{
    private readonly Stack<uint> _free = new();
    private readonly ulong _first = window.Start >> GuestPage.Shift;
    private uint _next;

    /// <summary>Pages that got a frame so far: minor page faults of a real machine.</summary>
    public ulong FirstTouches { get; private set; }

    /// <summary>A frame for the page.</summary>
    public uint Take(ulong page) => addressing == MemoryAddressing.Identity
        ? checked((uint)(page - _first))
        : _free.TryPop(out uint frame) ? frame : checked(_next++);

    /// <summary>A page has its frame now.</summary>
    public void CountTouch() => FirstTouches++;

    public void Free(uint frame)
    {
        if (addressing == MemoryAddressing.FirstTouch)
        {
            _free.Push(frame);
        }
    }
}
