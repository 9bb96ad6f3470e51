using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>An AF_INET datagram socket (udp(7)).</summary>
internal sealed class UdpSocket : InternetSocket
{
    private const uint BytesReadable = 0x541b;
    private const uint BytesUnsent = 0x5411;
    private const int UdpProtocol = 17;

    private const int RefusedFlags = SocketNumbers.MSG_OOB | SocketNumbers.MSG_MORE;

    private readonly UdpEndpoint _endpoint;
    private bool _isSendingShut;

    public UdpSocket(SocketInode inode, NetworkStack stack)
        : base(inode, SocketNumbers.SOCK_DGRAM, UdpProtocol, stack) =>
        _endpoint = stack.Udp.Create();

    public override bool IsMessageBased => true;

    public override ReadySource? ReadReady => _endpoint.ReadReady;

    public override ReadySource? WriteReady => _endpoint.WriteReady;

    protected override bool IsAddressReused
    {
        get => _endpoint.IsAddressReused;
        set => _endpoint.IsAddressReused = value;
    }

    protected override int SendBufferBytes
    {
        get => _endpoint.SendBufferBytes;
        set => _endpoint.SendBufferBytes = value;
    }

    protected override int ReceiveBufferBytes
    {
        get => _endpoint.ReceiveBufferBytes;
        set => _endpoint.ReceiveBufferBytes = value;
    }

    protected override byte TimeToLive
    {
        get => _endpoint.TimeToLive;
        set => _endpoint.TimeToLive = value;
    }

    protected override byte TypeOfService
    {
        get => _endpoint.TypeOfService;
        set => _endpoint.TypeOfService = value;
    }

    protected override bool MayBroadcast
    {
        get => _endpoint.MayBroadcast;
        set => _endpoint.MayBroadcast = value;
    }

    public override int Bind(ReadOnlySpan<byte> address)
    {
        int error = InternetSocketAddress.TryRead(address, out InternetEndpoint local);
        return error != 0 ? -error
            : _endpoint.Local.Port != 0 ? -Errno.EINVAL
            : -Stack.Udp.Bind(_endpoint, local);
    }

    public override int Connect(ReadOnlySpan<byte> address)
    {
        if (InternetSocketAddress.FamilyOf(address) == SocketNumbers.AF_UNSPEC)
        {
            UdpLayer.Disconnect(_endpoint);
            return 0;
        }

        int error = InternetSocketAddress.TryRead(address, out InternetEndpoint remote);
        return error != 0 ? -error : -Stack.Udp.Connect(_endpoint, remote);
    }

    public override int Shutdown(int how)
    {
        if (_endpoint.Remote is null)
        {
            return -Errno.ENOTCONN;
        }

        _endpoint.IsReceivingShut |= how != SocketNumbers.SHUT_WR;
        _isSendingShut |= how != SocketNumbers.SHUT_RD;
        _endpoint.ReadReady.Signal();
        _endpoint.WriteReady.Signal();
        return 0;
    }

    public override byte[] GetName() => InternetSocketAddress.Write(_endpoint.Local);

    public override int GetPeer(out byte[] address)
    {
        address = _endpoint.Remote is { } remote ? InternetSocketAddress.Write(remote) : [];
        return _endpoint.Remote is null ? -Errno.ENOTCONN : 0;
    }

    public override long Send(MessageBuffers buffers, byte[]? address, int flags)
    {
        if ((flags & RefusedFlags) != 0)
        {
            return -Errno.EOPNOTSUPP;
        }

        int error = TryChoose(address, out InternetEndpoint destination);
        if (error != 0)
        {
            return -error;
        }

        if (buffers.LengthBytes > UdpLayer.PayloadBytesMax)
        {
            return -Errno.EMSGSIZE;
        }

        if (!_endpoint.CanSend)
        {
            _endpoint.Account.NotifyWhenAtMost(_endpoint.SendBufferBytes / 2);
            return -Errno.EAGAIN;
        }

        int length = (int)buffers.LengthBytes;
        byte[] frame = Ipv4Layer.CreateFrame(UdpLayer.HeaderBytes + length);
        if (!buffers.TryGather(frame.AsSpan(UdpLayer.PayloadOffset, length)))
        {
            return -Errno.EFAULT;
        }

        error = _endpoint.Send(frame, length, destination);
        return error != 0 ? -error : length;
    }

    public override long Receive(
        MessageBuffers buffers, int flags, out ReceivedMessage message)
    {
        message = default;
        if ((flags & (SocketNumbers.MSG_OOB | SocketNumbers.MSG_ERRQUEUE)) != 0)
        {
            bool isOutOfBand = (flags & SocketNumbers.MSG_OOB) != 0;
            return isOutOfBand ? -Errno.EOPNOTSUPP : -Errno.EAGAIN;
        }

        if (_endpoint.HasError)
        {
            return -_endpoint.TakeError();
        }

        if (!_endpoint.HasDatagram)
        {
            return _endpoint.IsReceivingShut ? 0 : -Errno.EAGAIN;
        }

        Datagram datagram = _endpoint.Peek();
        int full = datagram.Payload.Length;
        int length = (int)Math.Min(full, buffers.LengthBytes);
        if (!buffers.TryScatter(datagram.Payload.Span[..length]))
        {
            return -Errno.EFAULT;
        }

        if ((flags & SocketNumbers.MSG_PEEK) == 0)
        {
            _endpoint.Take();
        }

        message = new ReceivedMessage(
            InternetSocketAddress.Write(datagram.Source), full, length < full);
        return (flags & SocketNumbers.MSG_TRUNC) != 0 ? full : length;
    }

    public override long Write(ReadOnlySpan<byte> source)
    {
        int error = TryChoose(null, out InternetEndpoint destination);
        if (error != 0)
        {
            return -error;
        }

        if (source.Length > UdpLayer.PayloadBytesMax)
        {
            return -Errno.EMSGSIZE;
        }

        byte[] frame = Ipv4Layer.CreateFrame(UdpLayer.HeaderBytes + source.Length);
        source.CopyTo(frame.AsSpan(UdpLayer.PayloadOffset));
        error = _endpoint.CanSend ? _endpoint.Send(frame, source.Length, destination) : Errno.EAGAIN;
        return error != 0 ? -error : source.Length;
    }

    public override int TakeError() => _endpoint.TakeError();

    public override PollEvents Poll()
    {
        PollEvents events = PollEvents.None;
        if (_endpoint.HasDatagram || _endpoint.IsReceivingShut)
        {
            events |= PollEvents.In | PollEvents.ReadNormal;
        }

        events |= _endpoint.HasError ? PollEvents.Error : PollEvents.None;
        events |= _endpoint.IsReceivingShut ? PollEvents.ReadHangUp : PollEvents.None;
        bool isShut = _endpoint.IsReceivingShut && _isSendingShut;
        events |= isShut ? PollEvents.HangUp : PollEvents.None;
        if (_endpoint.Account.UsedBytes <= _endpoint.SendBufferBytes / 2)
        {
            return events | PollEvents.Out | PollEvents.WriteNormal | PollEvents.WriteBand;
        }

        _endpoint.Account.NotifyWhenAtMost(_endpoint.SendBufferBytes / 2);
        return events;
    }

    public override long Control(SystemCallContext call, uint request, ulong argument) =>
        request switch
        {
            BytesReadable => call.Memory.TryWrite(argument, _endpoint.FirstLengthBytes)
                ? 0 : -Errno.EFAULT,
            BytesUnsent => call.Memory.TryWrite(argument, _endpoint.Account.UsedBytes)
                ? 0 : -Errno.EFAULT,
            _ => base.Control(call, request, argument),
        };

    public override string Describe() =>
        $"udp {_endpoint.Local}{(_endpoint.Remote is { } remote ? $" from {remote}" : "")}";

    protected override void Closed()
    {
        _endpoint.IsReceivingShut = true;
        Stack.Udp.Close(_endpoint);
    }

    private int TryChoose(byte[]? address, out InternetEndpoint destination)
    {
        destination = _endpoint.Remote ?? default;
        if (_endpoint.HasError)
        {
            return _endpoint.TakeError();
        }

        if (_isSendingShut)
        {
            return Errno.EPIPE;
        }

        if (address is not null)
        {
            int error = InternetSocketAddress.TryRead(address, out destination);
            if (error != 0)
            {
                return error;
            }

            if (destination.Port == 0)
            {
                return Errno.EINVAL;
            }
        }
        else if (_endpoint.Remote is null)
        {
            return Errno.EDESTADDRREQ;
        }

        return _endpoint.Local.Port == 0 ? Stack.Udp.Bind(_endpoint, default) : 0;
    }
}
