namespace Dilaton.Guest;

/// <summary>An AF_UNIX socket (unix(7)): joined to another one by socketpair or connect, or with a
/// name at which it takes connections or datagrams.
/// <code>
///   stream, seqpacket: new -- bind, listen --> listening -- accept --> joined
///                       |------ connect or socketpair ------------------^  |-- peer closes --> ended
/// </code></summary>
internal sealed partial class LocalSocket(SocketInode inode, int type, LocalNames names)
    : SocketFile(inode, SocketNumbers.AF_UNIX, type, 0)
{
    private const int BacklogMax = 4096;

    private readonly ReadySource _readReady = new();
    private readonly ReadySource _writeReady = new();
    private readonly Queue<LocalSocket> _waiting = new();
    private readonly List<LocalSocket> _blocked = [];
    private LocalSocket? _peer;
    private LocalSocket? _connecting;
    private byte[] _name = [SocketNumbers.AF_UNIX, 0];
    private byte[] _peerName = [SocketNumbers.AF_UNIX, 0];
    private int _peerProcessId = names.CallingProcessId;
    private int _ownerProcessId = names.CallingProcessId;
    private int _backlog;
    private int _error;
    private bool _isListening;
    private bool _isUnaccepted;
    private bool _wasJoined;
    private bool _isReceivingShut;
    private bool _isSendingShut;

    public override bool IsMessageBased => Type != SocketNumbers.SOCK_STREAM;

    public override bool IsListening => _isListening;

    public override ReadySource? ReadReady => _readReady;

    public override ReadySource? WriteReady => _writeReady;

    /// <summary>Where the next datagram goes, instead of to the peer.</summary>
    public LocalSocket? NextTarget { get; set; }

    private bool IsDatagram => Type == SocketNumbers.SOCK_DGRAM;

    private bool HasName => _name.Length > sizeof(ushort);

    /// <summary>A datagram socket does not end when its peer does.</summary>
    private bool IsAtEnd => _isReceivingShut
        || (!IsDatagram && _wasJoined && (_peer is null || _peer._isSendingShut));

    public static void Join(LocalSocket one, LocalSocket other)
    {
        (one._peer, other._peer) = (other, one);
        (one._wasJoined, other._wasJoined) = (true, true);
        (one._peerName, other._peerName) = (other._name, one._name);
        (one._peerProcessId, other._peerProcessId) =
            (other._ownerProcessId, one._ownerProcessId);
    }

    /// <summary>An address of no path: the family alone, or an abstract name.</summary>
    public override int Bind(ReadOnlySpan<byte> address)
    {
        if (InternetSocketAddress.FamilyOf(address) != SocketNumbers.AF_UNIX)
        {
            return -Errno.EINVAL;
        }

        if (address.Length == sizeof(ushort))
        {
            _name = HasName ? _name : [.. _name, .. names.TakeAutomatic(this)];
            return 0;
        }

        if (HasName)
        {
            return -Errno.EINVAL;
        }

        if (!names.TryAdd(address[sizeof(ushort)..], this))
        {
            return -Errno.EADDRINUSE;
        }

        _name = address.ToArray();
        return 0;
    }

    /// <summary>Gives it the name of a file that was made for it.</summary>
    public int BindTo(Inode file, ReadOnlySpan<byte> path)
    {
        names.Add(file, this);
        _name = [SocketNumbers.AF_UNIX, 0, .. path, 0];
        return 0;
    }

    public int CheckBind() => HasName ? Errno.EINVAL : 0;

    /// <summary>Without a path: AF_UNSPEC ends a datagram socket's connection.</summary>
    public override int Connect(ReadOnlySpan<byte> address)
    {
        int family = InternetSocketAddress.FamilyOf(address);
        if (family == SocketNumbers.AF_UNSPEC && IsDatagram && address.Length >= sizeof(ushort))
        {
            (_peer, _wasJoined) = (null, false);
            return 0;
        }

        if (family != SocketNumbers.AF_UNIX || address.Length <= sizeof(ushort))
        {
            return -Errno.EINVAL;
        }

        return names.Find(address[sizeof(ushort)..]) is { } target
            ? ConnectTo(target) : -Errno.ECONNREFUSED;
    }

    /// <returns>0, -EINPROGRESS if the other's queue is full and it may wait, or an error.</returns>
    public int ConnectTo(LocalSocket target)
    {
        _connecting = null;
        if (target.Type != Type)
        {
            return -Errno.EPROTOTYPE;
        }

        if (IsDatagram)
        {
            (_peer, _peerName, _wasJoined) = (target, target._name, true);
            return 0;
        }

        if (_isListening)
        {
            return -Errno.EINVAL;
        }

        if (!target._isListening || target._isReceivingShut)
        {
            return -Errno.ECONNREFUSED;
        }

        if (_wasJoined)
        {
            return -Errno.EISCONN;
        }

        if (target._waiting.Count > target._backlog)
        {
            target._blocked.Add(this);
            _connecting = target;
            return IsNonBlocking ? -Errno.EAGAIN : -Errno.EINPROGRESS;
        }

        LocalSocket accepted = new(names.CreateInode(), Type, names)
        {
            _name = target._name,
            _isUnaccepted = true,
            _ownerProcessId = target._ownerProcessId,
        };
        _ownerProcessId = names.CallingProcessId;
        Join(this, accepted);
        target._waiting.Enqueue(accepted);
        target._readReady.Signal();
        _writeReady.Signal();
        return 0;
    }

    public override int FinishConnect() =>
        _connecting is not { } target ? 0
        : target.IsClosed ? -Errno.ECONNREFUSED
        : ConnectTo(target);

    public override int Listen(int backlog)
    {
        if (IsDatagram)
        {
            return -Errno.EOPNOTSUPP;
        }

        if (!HasName || _wasJoined)
        {
            return -Errno.EINVAL;
        }

        _isListening = true;
        _ownerProcessId = names.CallingProcessId;
        _backlog = Math.Clamp(backlog, 0, BacklogMax);
        Unblock();
        return 0;
    }

    public override int Accept(Func<SocketInode> createInode, out SocketFile? accepted)
    {
        accepted = null;
        if (IsDatagram)
        {
            return -Errno.EOPNOTSUPP;
        }

        if (!_isListening)
        {
            return -Errno.EINVAL;
        }

        if (!_waiting.TryDequeue(out LocalSocket? first))
        {
            return _isReceivingShut ? -Errno.EINVAL : -Errno.EAGAIN;
        }

        first._isUnaccepted = false;
        accepted = first;
        Unblock();
        return 0;
    }

    public override int Shutdown(int how)
    {
        _isReceivingShut |= how != SocketNumbers.SHUT_WR;
        _isSendingShut |= how != SocketNumbers.SHUT_RD;
        SignalAll();
        if (_peer is { } peer && !IsDatagram)
        {
            peer._isReceivingShut |= how != SocketNumbers.SHUT_RD;
            peer._isSendingShut |= how != SocketNumbers.SHUT_WR;
            peer.SignalAll();
        }

        return 0;
    }

    public override byte[] GetName() => _name;

    public override int GetPeer(out byte[] address)
    {
        address = _peerName;
        return _wasJoined ? 0 : -Errno.ENOTCONN;
    }

    public override int TakeError()
    {
        int error = _error;
        _error = 0;
        return error;
    }

    public override PollEvents Poll()
    {
        bool isEnd = IsAtEnd;
        PollEvents events = HasInput || isEnd || _waiting.Count > 0
            ? PollEvents.In | PollEvents.ReadNormal : PollEvents.None;
        events |= isEnd ? PollEvents.ReadHangUp : PollEvents.None;
        bool isUnjoined = !IsDatagram && !_wasJoined && !_isListening;
        bool isDead = _wasJoined && !IsDatagram && _peer is null;
        events |= isDead || isUnjoined || (_isReceivingShut && _isSendingShut)
            ? PollEvents.HangUp : PollEvents.None;
        events |= _error != 0 ? PollEvents.Error : PollEvents.None;
        bool hasRoom = _peer is null || _peer.RoomBytes >= BufferBytes / 4;
        return hasRoom ? events | PollEvents.Out | PollEvents.WriteNormal : events;
    }

    public override string Describe() => $"unix socket {Inode.Record.Number}";

    protected override void Closed()
    {
        names.Remove(this);
        bool isReset = !IsDatagram && (HasInput || _isUnaccepted);
        foreach (LocalMessage message in _queue)
        {
            Drop(message.Rights);
        }

        _queue.Clear();
        while (_waiting.TryDequeue(out LocalSocket? unaccepted))
        {
            unaccepted.AddReference();
            unaccepted.Release();
        }

        if (_peer is { } peer && peer._peer == this)
        {
            peer._peer = IsDatagram ? this : null;
            peer._error = isReset ? Errno.ECONNRESET : peer._error;
            peer.SignalAll();
        }

        _peer = null;
        Unblock();
    }

    public static void Drop(IReadOnlyList<OpenFile> rights)
    {
        foreach (OpenFile file in rights)
        {
            file.Release();
        }
    }

    /// <summary>Who waited for room here may try again.</summary>
    private void Unblock()
    {
        foreach (LocalSocket socket in _blocked)
        {
            socket._writeReady.Signal();
        }

        _blocked.Clear();
    }

    private void SignalAll()
    {
        _readReady.Signal();
        _writeReady.Signal();
    }
}
