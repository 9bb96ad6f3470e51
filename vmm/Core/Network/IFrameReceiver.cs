namespace Dilaton.Core;

/// <summary>A node's network interface, as the network sees it.</summary>
public interface IFrameReceiver
{
    /// <summary>A frame has come, whole. The node's clock stands at its arrival.</summary>
    void Receive(ReadOnlyMemory<byte> frame);
}
