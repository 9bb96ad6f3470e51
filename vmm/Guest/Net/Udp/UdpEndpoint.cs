using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>One end of UDP traffic: what a datagram socket has of the stack.</summary>
internal sealed class UdpEndpoint
{
    /// <summary>Linux's net.core.rmem_default and wmem_default.</summary>
    public const int BufferBytesDefault = 212_992;

    private readonly UdpLayer _layer;
    private readonly Queue<Datagram> _received = new();
    private int _receivedCharge;
    private int _error;

    public UdpEndpoint(UdpLayer layer, INodeClock clock, IEventQueue events)
    {
        _layer = layer;
        Account = new TransmitAccount(clock, events) { Released = WriteReady.Signal };
    }

    public InternetEndpoint Local { get; set; }

    /// <summary>Set by connect: only its datagrams are taken.</summary>
    public InternetEndpoint? Remote { get; set; }

    /// <summary>It was bound to an address, not only given one by connect.</summary>
    public bool HasFixedAddress { get; set; }

    public bool IsAddressReused { get; set; }

    public bool MayBroadcast { get; set; }

    public int ReceiveBufferBytes { get; set; } = BufferBytesDefault;

    public int SendBufferBytes { get; set; } = BufferBytesDefault;

    public byte TimeToLive { get; set; } = Ipv4Header.InitialTimeToLive;

    public byte TypeOfService { get; set; }

    public bool IsReceivingShut { get; set; }

    public TransmitAccount Account { get; }

    public ReadySource ReadReady { get; } = new();

    public ReadySource WriteReady { get; } = new();

    public bool HasDatagram => _received.Count > 0;

    public bool HasError => _error != 0;

    public bool CanSend => Account.UsedBytes < SendBufferBytes;

    /// <summary>Datagrams dropped because the buffer was full.</summary>
    public ulong DropCount { get; private set; }

    /// <summary>Bytes counted against the receive buffer.</summary>
    public int ReceivedChargeBytes => _receivedCharge;

    public int FirstLengthBytes => _received.TryPeek(out Datagram first) ? first.Payload.Length : 0;

    /// <summary>The pending error, which is then forgotten.</summary>
    public int TakeError()
    {
        int error = _error;
        _error = 0;
        return error;
    }

    public Datagram Peek() => _received.Peek();

    public Datagram Take()
    {
        Datagram taken = _received.Dequeue();
        _receivedCharge -= taken.ChargedBytes;
        return taken;
    }

    /// <param name="frame">With the payload at <see cref="UdpLayer.PayloadOffset"/>.</param>
    /// <returns>0 or a positive errno.</returns>
    public int Send(byte[] frame, int lengthBytes, InternetEndpoint destination) =>
        _layer.Send(this, frame, lengthBytes, destination);

    public void Deliver(in Datagram datagram)
    {
        if (IsReceivingShut || _receivedCharge + datagram.ChargedBytes > ReceiveBufferBytes)
        {
            DropCount++;
            _layer.Counters.BufferErrors++;
            return;
        }

        _receivedCharge += datagram.ChargedBytes;
        _received.Enqueue(datagram);
        ReadReady.Signal();
    }

    /// <summary>A datagram of a connected socket did not arrive.</summary>
    public void Fail(int error)
    {
        _error = error;
        ReadReady.Signal();
        WriteReady.Signal();
    }
}
