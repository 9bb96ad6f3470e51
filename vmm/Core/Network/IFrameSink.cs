namespace Dilaton.Core;

/// <summary>Where a node's network interface puts its frames.</summary>
public interface IFrameSink
{
    /// <param name="departure">When the first bit leaves: now or, behind frames that are still
    /// being sent, later; never before that of the frame before.</param>
    /// <param name="frame">Nobody changes it any more.</param>
    void Send(VirtualTime departure, ReadOnlyMemory<byte> frame);
}
