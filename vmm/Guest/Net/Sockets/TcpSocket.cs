using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>An AF_INET stream socket (tcp(7)): fresh, listening, or with a connection.</summary>
internal sealed class TcpSocket : InternetSocket
{
    private const uint BytesReadable = 0x541b;
    private const uint BytesUnsent = 0x5411;
    private const uint AtMark = 0x8905;
    private const int TcpProtocol = 6;

    /// <summary>As Linux, which hands at most so much to an interface at once.</summary>
    private const int CopiedBeforeSending = 65_536;

    private static readonly ReadySource s_never = new();

    private readonly ReadySource _fresh = new();
    private TcpSettings _settings = new();
    private TcpBinding? _binding;
    private TcpListener? _listener;
    private TcpConnection? _connection;
    private bool _isAddressReused;
    private bool _isConnectReported;
    private (bool IsOn, int Seconds) _lingering;

    public TcpSocket(SocketInode inode, NetworkStack stack)
        : base(inode, SocketNumbers.SOCK_STREAM, TcpProtocol, stack)
    {
    }

    /// <summary>An accepted connection.</summary>
    private TcpSocket(SocketInode inode, NetworkStack stack, TcpConnection connection)
        : this(inode, stack)
    {
        (_connection, _settings, _binding) =
            (connection, connection.Settings, connection.Binding);
        _isConnectReported = true;
    }

    public override bool IsMessageBased => false;

    public override bool IsListening => _listener is not null;

    public override ReadySource? ReadReady =>
        _listener?.ReadReady ?? _connection?.ReadReady ?? _fresh;

    public override ReadySource? WriteReady =>
        _connection?.WriteReady ?? (_listener is null ? _fresh : s_never);

    protected override bool IsAddressReused
    {
        get => _isAddressReused;
        set
        {
            _isAddressReused = value;
            if (_binding is not null)
            {
                _binding.IsAddressReused = value;
            }
        }
    }

    protected override int SendBufferBytes
    {
        get => _connection?.SendLimitBytes ?? _settings.SendBufferBytes
            ?? TcpSettings.SendBufferBytesMin;
        set => _settings.SendBufferBytes = value;
    }

    protected override int ReceiveBufferBytes
    {
        get => 2 * (_connection?.WindowBytes ?? _settings.ReceiveWindowBytes
            ?? TcpSettings.ReceiveWindowBytesInitial);
        set
        {
            _settings.ReceiveWindowBytes = value / 2;
            _connection?.FixWindow(value / 2);
        }
    }

    protected override byte TimeToLive
    {
        get => _settings.TimeToLive;
        set => _settings.TimeToLive = value;
    }

    protected override byte TypeOfService
    {
        get => _settings.TypeOfService;
        set => _settings.TypeOfService = value;
    }

    protected override bool IsKeptAlive
    {
        get => _settings.IsKeptAlive;
        set
        {
            _settings.IsKeptAlive = value;
            _connection?.KeepAliveChanged();
        }
    }

    protected override (bool IsOn, int Seconds) Lingering
    {
        get => _lingering;
        set
        {
            _lingering = value;
            _settings.IsResetOnClose = value is { IsOn: true, Seconds: 0 };
        }
    }

    public override int Bind(ReadOnlySpan<byte> address)
    {
        int error = InternetSocketAddress.TryRead(address, out InternetEndpoint local);
        if (error != 0)
        {
            // As Linux: an unspecified family with no address is taken for AF_INET.
            bool isAny = error == Errno.EAFNOSUPPORT && local.Address.IsAny
                && InternetSocketAddress.FamilyOf(address) == SocketNumbers.AF_UNSPEC;
            if (!isAny)
            {
                return -error;
            }
        }

        return _binding is not null || _connection is not null
            ? -Errno.EINVAL
            : -Stack.Tcp.Bind(local, _isAddressReused, out _binding);
    }

    public override int Connect(ReadOnlySpan<byte> address)
    {
        if (InternetSocketAddress.FamilyOf(address) == SocketNumbers.AF_UNSPEC
            && address.Length >= 2)
        {
            return Disconnect();
        }

        int error = InternetSocketAddress.TryRead(address, out InternetEndpoint remote);
        if (error != 0)
        {
            return -error;
        }

        if (_listener is not null)
        {
            return -Errno.EISCONN;
        }

        if (_connection is { State: not TcpState.Closed } known)
        {
            return known.IsConnecting ? -Errno.EALREADY
                : _isConnectReported ? -Errno.EISCONN : FinishConnect();
        }

        if (_connection is { HasError: true } failed)
        {
            return -failed.TakeError();
        }

        error = Stack.Tcp.Connect(_binding, remote, _settings, out TcpConnection? made);
        if (error != 0)
        {
            return -error;
        }

        (_connection, _binding, _isConnectReported) = (made, made!.Binding, false);
        _fresh.Signal();
        return -Errno.EINPROGRESS;
    }

    public override int FinishConnect()
    {
        if (_connection is not { } connection)
        {
            return -Errno.ENOTCONN;
        }

        if (connection.IsConnecting)
        {
            return -Errno.EINPROGRESS;
        }

        if (connection.HasError)
        {
            _binding = null;
            return -connection.TakeError();
        }

        _isConnectReported = true;
        return connection.IsConnected ? 0 : -Errno.ECONNABORTED;
    }

    public override int Listen(int backlog)
    {
        backlog = (uint)backlog > TcpListener.BacklogMax ? TcpListener.BacklogMax : backlog;
        if (_listener is not null)
        {
            _listener.Backlog = backlog;
            return 0;
        }

        if (_connection is { State: not TcpState.Closed })
        {
            return -Errno.EINVAL;
        }

        int error = _binding is null
            ? Stack.Tcp.Bind(default, _isAddressReused, out _binding)
            : 0;
        if (error == 0)
        {
            error = Stack.Tcp.Listen(_binding!, _settings, backlog, out _listener);
        }

        return -error;
    }

    public override int Accept(Func<SocketInode> createInode, out SocketFile? accepted)
    {
        accepted = null;
        if (_listener is null)
        {
            return -Errno.EINVAL;
        }

        if (!_listener.TryAccept(out TcpConnection? connection))
        {
            return -Errno.EAGAIN;
        }

        accepted = new TcpSocket(createInode(), Stack, connection!);
        return 0;
    }

    public override int Shutdown(int how)
    {
        if (_listener is not null)
        {
            if (how == SocketNumbers.SHUT_WR)
            {
                return 0;
            }

            CloseListener();
            return 0;
        }

        if (_connection is not { IsConnected: true } connection)
        {
            return -Errno.ENOTCONN;
        }

        if (how != SocketNumbers.SHUT_RD)
        {
            connection.ShutdownSending();
        }

        if (how != SocketNumbers.SHUT_WR)
        {
            connection.ShutdownReceiving();
        }

        return 0;
    }

    public override byte[] GetName() => InternetSocketAddress.Write(
        _connection?.Local ?? _binding?.Local ?? default);

    public override int GetPeer(out byte[] address)
    {
        bool isConnected = _connection is { IsConnected: true, State: not TcpState.TimeWait };
        address = isConnected ? InternetSocketAddress.Write(_connection!.Remote) : [];
        return isConnected ? 0 : -Errno.ENOTCONN;
    }

    public override long Send(MessageBuffers buffers, byte[]? address, int flags)
    {
        if ((flags & SocketNumbers.MSG_OOB) != 0)
        {
            return -Errno.EOPNOTSUPP;
        }

        int error = CheckSend();
        if (error != 0)
        {
            return -error;
        }

        bool hasMore = (flags & SocketNumbers.MSG_MORE) != 0;
        while (buffers.RestBytes > 0)
        {
            if (!buffers.TryGetNext(out Span<byte> span))
            {
                return -Errno.EFAULT;
            }

            int count = Math.Min(
                span.Length, Math.Min(_connection!.SendRoomBytes, CopiedBeforeSending));
            if (count == 0)
            {
                _connection.WantRoom();
                return -Errno.EAGAIN;
            }

            // A message in several pieces is one message to Nagle; its copy comes first.
            bool isLast = span.Length == buffers.RestBytes
                && (count == span.Length || count < CopiedBeforeSending);
            buffers.Advance(count);
            Invariant.Require(_connection.Write(span[..count], hasMore || !isLast) == count);
        }

        return buffers.DoneBytes;
    }

    public override long Write(ReadOnlySpan<byte> source)
    {
        int error = CheckSend();
        if (error != 0)
        {
            return -error;
        }

        int written = source.IsEmpty ? 0 : _connection!.Write(source);
        return written == 0 && !source.IsEmpty ? -Errno.EAGAIN : written;
    }

    public override long Receive(
        MessageBuffers buffers, int flags, out ReceivedMessage message)
    {
        message = new ReceivedMessage([], 0, false);
        if ((flags & SocketNumbers.MSG_OOB) != 0)
        {
            return -Errno.EINVAL;
        }

        if ((flags & SocketNumbers.MSG_ERRQUEUE) != 0)
        {
            return -Errno.EAGAIN;
        }

        if (_connection is not { } connection)
        {
            return -Errno.ENOTCONN;
        }

        if (connection.ReadyBytes == 0)
        {
            return connection.HasError ? -connection.TakeError()
                : connection.IsAtEnd ? 0
                : buffers.RestBytes == 0 ? 0 : -Errno.EAGAIN;
        }

        return (flags & SocketNumbers.MSG_TRUNC) != 0
            ? Skip(connection, buffers)
            : Take(connection, buffers, (flags & SocketNumbers.MSG_PEEK) != 0);
    }

    public override int TakeError() => _connection?.TakeError() ?? 0;

    public override PollEvents Poll()
    {
        const PollEvents In = PollEvents.In | PollEvents.ReadNormal;
        const PollEvents Out = PollEvents.Out | PollEvents.WriteNormal;
        if (_listener is not null)
        {
            return _listener.WaitingCount > 0 ? In : PollEvents.None;
        }

        if (_connection is not { } connection)
        {
            return Out | PollEvents.HangUp;
        }

        PollEvents events = connection.HasError ? PollEvents.Error : PollEvents.None;
        if (connection.IsConnecting)
        {
            return events;
        }

        bool isClosed = connection.State == TcpState.Closed;
        bool isEnd = connection.HasReceivedFin || connection.IsReceivingShut || isClosed;
        events |= connection.ReadyBytes > 0 || isEnd ? In : PollEvents.None;
        events |= isEnd ? PollEvents.ReadHangUp : PollEvents.None;
        events |= isClosed || (isEnd && connection.IsSendingShut)
            ? PollEvents.HangUp : PollEvents.None;
        if (connection.IsSendingShut || isClosed || connection.IsWritable)
        {
            return events | Out;
        }

        connection.WantRoom();
        return events;
    }

    public override int GetOption(int level, int name, Span<byte> value, out int length) =>
        level == TcpProtocol
            ? TcpSocketOptions.Get(_settings, _connection, State, name, value, out length)
                is var result and not -Errno.ENOPROTOOPT
                ? result
                : base.GetOption(level, name, value, out length)
            : base.GetOption(level, name, value, out length);

    public override int SetOption(int level, int name, ReadOnlySpan<byte> value) =>
        level == TcpProtocol
            && TcpSocketOptions.Set(_settings, _connection, name, value)
                is var result and not -Errno.ENOPROTOOPT
            ? result
            : base.SetOption(level, name, value);

    public override long Control(SystemCallContext call, uint request, ulong argument)
    {
        if (request is not (BytesReadable or BytesUnsent or AtMark))
        {
            return base.Control(call, request, argument);
        }

        if (_listener is not null)
        {
            return -Errno.EINVAL;
        }

        int number = request switch
        {
            BytesReadable => _connection?.ReadyBytes ?? 0,
            BytesUnsent => _connection?.UnacknowledgedBytes ?? 0,
            _ => 0,
        };
        return call.Memory.TryWrite(argument, number) ? 0 : -Errno.EFAULT;
    }

    private TcpState State => _listener is not null ? TcpState.Listen
        : _connection?.State ?? TcpState.Closed;

    public override string Describe() => _connection is { } it
        ? $"tcp {it.Local} to {it.Remote} ({it.State})"
        : $"tcp {_binding?.Local ?? default}{(IsListening ? " (Listen)" : "")}";

    protected override void Closed()
    {
        if (_listener is not null)
        {
            CloseListener();
        }
        else if (_connection is not null)
        {
            _connection.Close();
        }
        else if (_binding is not null)
        {
            Stack.Tcp.Release(_binding);
        }
    }

    private void CloseListener()
    {
        TcpListener listener = _listener!; // Only called while it listens.
        (_listener, _binding) = (null, null);
        listener.Close();
        listener.ReadReady.Signal();
    }

    /// <summary>connect to AF_UNSPEC ends the connection; the socket is as new.</summary>
    private int Disconnect()
    {
        _connection?.Abort();
        (_connection, _binding) = (null, null);
        _settings = _settings with { };
        return 0;
    }

    private int CheckSend() => _connection switch
    {
        null => Errno.EPIPE,
        { HasError: true } => _connection.TakeError(),
        { IsSendingShut: true } => Errno.EPIPE,
        { IsConnecting: true } => Errno.EAGAIN,
        { CanSend: false } => Errno.EPIPE,
        _ => 0,
    };

    private static long Take(TcpConnection connection, MessageBuffers buffers, bool isPeek)
    {
        long before = buffers.DoneBytes;
        while (buffers.RestBytes > 0)
        {
            if (!buffers.TryGetNext(out Span<byte> span))
            {
                return buffers.DoneBytes > before ? buffers.DoneBytes - before : -Errno.EFAULT;
            }

            int offset = isPeek ? (int)(buffers.DoneBytes - before) : 0;
            int count = Math.Min(span.Length, connection.ReadyBytes - offset);
            if (count <= 0)
            {
                break;
            }

            // The copy comes before the acknowledgment that it may cause.
            buffers.Advance(count);
            Invariant.Require(connection.Read(span[..count], isPeek, offset) == count);
        }

        return buffers.DoneBytes - before;
    }

    private static long Skip(TcpConnection connection, MessageBuffers buffers)
    {
        int count = (int)Math.Min(connection.ReadyBytes, buffers.RestBytes);
        connection.Skip(count);
        return count;
    }
}
