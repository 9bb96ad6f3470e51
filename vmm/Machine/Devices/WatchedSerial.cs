namespace Dilaton.Machine;

/// <summary>A serial line that is read along.</summary>
internal sealed class WatchedSerial(ISerialPeer peer, PanicWatch watch) : ISerialPeer
{
    public void Receive(byte value)
    {
        watch.See(value);
        peer.Receive(value);
    }
}
