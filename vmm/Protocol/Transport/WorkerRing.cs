using Dilaton.Native;

namespace Dilaton.Protocol;

/// <summary>The ring that a worker or coordinator offers, as its partner opens it.</summary>
public sealed class WorkerRing : IDisposable
{
    private readonly SharedRing _ring;

    /// <param name="path">From Welcome.</param>
    /// <exception cref="ProtocolException">It is no ring, or can't be opened.</exception>
    public WorkerRing(string path)
    {
        try
        {
            _ring = SharedRing.Open(path);
        }
        catch (Exception e) when (e is RingException or NativeCallException or IOException
            or UnauthorizedAccessException)
        {
            throw new ProtocolException(0, "welcome.ring", "a ring that can be opened", e);
        }
    }

    /// <summary>From now on messages take the ring. Who has the socket still disposes of it.
    /// </summary>
    public IMessageTransport Over(IMessageTransport socket) =>
        new RingTransport(socket, "", _ring, isWorker: false);

    public void Dispose() => _ring.Dispose();
}
