namespace Dilaton.Guest;

/// <summary>A listening port: connections whose handshake goes on, and those that wait to be
/// accepted.</summary>
internal sealed class TcpListener(TcpLayer layer, TcpBinding binding, TcpSettings settings)
{
    /// <summary>Linux's net.core.somaxconn.</summary>
    public const int BacklogMax = 4096;

    /// <summary>Linux's net.ipv4.tcp_max_syn_backlog for a small machine.</summary>
    private const int HalfOpenMax = 512;

    private readonly List<TcpConnection> _halfOpen = [];
    private readonly Queue<TcpConnection> _complete = new();

    public TcpBinding Binding { get; } = binding;

    public TcpSettings Settings { get; } = settings;

    public int Backlog { get; set; }

    public ReadySource ReadReady { get; } = new();

    public int WaitingCount => _complete.Count;

    private bool IsFull => _complete.Count > Backlog;

    /// <returns>False if there is no room for another handshake.</returns>
    public bool TryBegin(TcpConnection connection)
    {
        if (IsFull || _halfOpen.Count >= HalfOpenMax)
        {
            return false;
        }

        connection.Parent = this;
        _halfOpen.Add(connection);
        return true;
    }

    /// <returns>False if the queue is full: the peer's acknowledgment is as if lost.</returns>
    public bool TryComplete(TcpConnection connection)
    {
        if (IsFull)
        {
            layer.Counters.ListenDrops++;
            return false;
        }

        _halfOpen.Remove(connection);
        _complete.Enqueue(connection);
        ReadReady.Signal();
        return true;
    }

    public bool TryAccept(out TcpConnection? connection)
    {
        bool found = _complete.TryDequeue(out connection);
        if (found)
        {
            connection!.Parent = null;
        }

        return found;
    }

    /// <summary>A connection is over before its handshake was; one that is complete stays, so
    /// that accept returns it and the program sees its error.</summary>
    public void Remove(TcpConnection connection) => _halfOpen.Remove(connection);

    public void Close()
    {
        foreach (TcpConnection connection in _halfOpen.ToArray())
        {
            connection.Abort();
        }

        while (_complete.TryDequeue(out TcpConnection? connection))
        {
            connection.Parent = null;
            connection.Abort();
        }

        layer.Remove(this);
    }
}
