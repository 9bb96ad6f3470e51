using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>The line behind a network interface.</summary>
public interface INetPort
{
    /// <summary>Takes a frame. Called with the board's lock held.</summary>
    /// <param name="time">When the guest gave it; never before the one before.</param>
    /// <param name="frame">Nobody changes it any more.</param>
    /// <returns>When its last bit has left; null: there is no room, and it is dropped.</returns>
    VirtualTime? Send(VirtualTime time, ReadOnlyMemory<byte> frame);
}
