using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A TCP connection (RFC 9293; host requirements of RFC 1122, section 4.2). Driven by
/// the program, by segments and by timers, all at virtual times.
/// <code>
///            connect                        accept
///  Closed ──────────> SynSent      SynReceived <────── TcpListener
///                        │ SYN+ACK      │ ACK
///                        └──> Established <┘
///              close: FIN │              │ FIN comes
///                   FinWait1           CloseWait
///             ACK │     │ FIN            │ close: FIN
///            FinWait2 Closing          LastAck
///             FIN │     │ ACK            │ ACK
///                TimeWait ──2 MSL──> Closed
/// </code></summary>
internal sealed partial class TcpConnection
{
    private readonly TcpLayer _layer;
    private readonly INodeClock _clock;
    private readonly ByteQueue _sending = new();
    private readonly TcpReceiveQueue _receiving = new();
    private int _error;
    private int _softError;
    private bool _isRoomWanted;

    public TcpConnection(
        TcpLayer layer,
        TcpBinding binding,
        InternetEndpoint remote,
        TcpSettings settings,
        INodeClock clock,
        IEventQueue events)
    {
        (_layer, _clock, Binding, Remote, Settings) = (layer, clock, binding, remote, settings);
        Local = binding.Local;
        _retransmit = new TcpTimer(clock, events, RetransmitExpired);
        _persist = new TcpTimer(clock, events, PersistExpired);
        _delayedAck = new TcpTimer(clock, events, DelayedAckExpired);

        // These send nothing that anybody waits for; without a program no port is wanted again.
        _keepAlive = new TcpTimer(clock, events, KeepAliveExpired, outlivesGuest: false);
        _lifetime = new TcpTimer(clock, events, Finish, outlivesGuest: false);
        _account = new TransmitAccount(clock, events) { Released = Output };
        _segmentBytes = DefaultSegmentBytes;
        _congestion = new NewReno(_segmentBytes);
        _windowBytes = settings.ReceiveWindowBytes ?? TcpSettings.ReceiveWindowBytesInitial;
    }

    public InternetEndpoint Local { get; }

    public InternetEndpoint Remote { get; }

    public TcpBinding Binding { get; }

    public TcpSettings Settings { get; }

    public TcpState State { get; private set; } = TcpState.Closed;

    /// <summary>Where it was accepted from, until it is.</summary>
    public TcpListener? Parent { get; set; }

    /// <summary>The program has closed it: nobody reads what comes.</summary>
    public bool IsOrphan { get; private set; }

    public bool HasReceivedFin { get; private set; }

    /// <summary>The program has said that it sends no more.</summary>
    public bool IsSendingShut { get; private set; }

    public bool IsReceivingShut { get; private set; }

    public ReadySource ReadReady { get; } = new();

    public ReadySource WriteReady { get; } = new();

    public bool HasError => _error != 0;

    /// <summary>The handshake is over.</summary>
    public bool IsConnected => State is TcpState.Established or TcpState.FinWait1
        or TcpState.FinWait2 or TcpState.CloseWait or TcpState.Closing or TcpState.LastAck
        or TcpState.TimeWait;

    public bool IsConnecting => State is TcpState.SynSent or TcpState.SynReceived;

    /// <summary>The next byte that is expected of the peer.</summary>
    public uint ReceiveNext => _receiving.Next;

    /// <summary>Bytes that can be read.</summary>
    public int ReadyBytes => _receiving.Ready.Count;

    /// <summary>Nothing more will come.</summary>
    public bool IsAtEnd => ReadyBytes == 0 && (HasReceivedFin || IsReceivingShut
        || State is TcpState.Closed or TcpState.TimeWait);

    /// <summary>Bytes that the peer has not acknowledged, sent or not.</summary>
    public int UnacknowledgedBytes => _sending.Count;

    public int UnsentBytes => Math.Max(
        0, _sending.Count - SequenceNumber.Ahead(_sendNext, _sendFirst));

    public int SendLimitBytes => Settings.SendBufferBytes ?? Math.Clamp(
        2 * Math.Max(_congestion.WindowBytes, 10 * _segmentBytes),
        TcpSettings.SendBufferBytesMin,
        TcpSettings.SendBufferBytesMax);

    public int SendRoomBytes => Math.Max(0, SendLimitBytes - _sending.Count);

    /// <summary>As Linux reports it: when a third of the buffer is free.</summary>
    public bool IsWritable => SendRoomBytes >= _sending.Count / 2 && SendRoomBytes > 0;

    public bool CanSend => State is TcpState.Established or TcpState.CloseWait && !IsSendingShut;

    public int SegmentBytes => _segmentBytes;

    public int WindowBytes => _windowBytes;

    public NewReno Congestion => _congestion;

    public RttEstimator RoundTrip => _roundTrip;

    public uint PeerWindowBytes => _sendWindow;

    public ulong RetransmitCount { get; private set; }

    public int InFlightBytes => SequenceNumber.Ahead(_sendHighest, _sendFirst);

    public TcpTimer RetransmitTimer => _retransmit;

    public bool IsScaling => _isScaling;

    public byte SendScale => _sendScale;

    public byte ReceiveScale => _receiveScale;

    public int ReceivedSegmentBytes => _receivedSegmentBytes;

    public bool IsAcknowledgingQuickly => IsQuick;

    /// <summary>Tells <see cref="WriteReady"/> when there is room again.</summary>
    public void WantRoom() => _isRoomWanted = true;

    public int TakeError()
    {
        int error = _error;
        _error = 0;
        return error;
    }

    /// <summary>Sends the first SYN.</summary>
    public void Open()
    {
        Invariant.Require(State == TcpState.Closed);
        StartSending();
        State = TcpState.SynSent;
        _layer.Counters.ActiveOpens++;
        SendSyn();
    }

    /// <summary>Answers a SYN.</summary>
    public void OpenPassively(in TcpHeader syn)
    {
        Invariant.Require(State == TcpState.Closed);
        StartSending();
        State = TcpState.SynReceived;
        _layer.Counters.PassiveOpens++;
        TakeSyn(syn);
        SendSyn();
    }

    /// <summary>Takes bytes that have come, or looks at them.</summary>
    public int Read(Span<byte> destination, bool isPeek = false, int offset = 0)
    {
        int count = Math.Max(0, Math.Min(destination.Length, ReadyBytes - offset));
        _receiving.Ready.CopyTo(offset, destination[..count]);
        if (!isPeek && count > 0)
        {
            _receiving.Ready.Remove(count);
            Consumed(count);
        }

        return count;
    }

    /// <summary>Drops bytes that have come, for MSG_TRUNC.</summary>
    public void Skip(int count)
    {
        _receiving.Ready.Remove(count);
        Consumed(count);
    }

    /// <summary>Takes as many bytes as the send buffer has room for.</summary>
    public int Write(ReadOnlySpan<byte> source, bool hasMore = false)
    {
        Invariant.Require(CanSend);
        int count = Math.Min(source.Length, SendRoomBytes);
        _isRoomWanted |= count < source.Length;
        if (count > 0)
        {
            _sending.Append(source[..count]);
            _isMoreComing = hasMore;
            Output();
        }

        return count;
    }

    public void ShutdownSending()
    {
        if (IsSendingShut)
        {
            return;
        }

        IsSendingShut = true;
        if (State is TcpState.Established or TcpState.CloseWait)
        {
            QueueFin();
        }

        WriteReady.Signal();
    }

    public void ShutdownReceiving()
    {
        IsReceivingShut = true;
        ReadReady.Signal();
    }

    /// <summary>The program closes its socket; what it has written is still sent.</summary>
    public void Close()
    {
        if (IsOrphan)
        {
            return;
        }

        IsOrphan = true;
        bool isUnread = ReadyBytes > 0;
        _receiving.Clear();
        switch (State)
        {
            case TcpState.SynSent:
                Finish();
                break;
            case TcpState.SynReceived or TcpState.Established or TcpState.CloseWait
                or TcpState.FinWait1 or TcpState.FinWait2
                when isUnread || Settings.IsResetOnClose:
                // The peer must learn that nobody read what it sent (RFC 1122, 4.2.2.13).
                Abort();
                break;
            case TcpState.FinWait2:
                _lifetime.Set(TcpLayer.OrphanLifetime);
                break;
            default:
                ShutdownSending();
                break;
        }
    }

    /// <summary>Resets the connection.</summary>
    public void Abort()
    {
        if (State is not (TcpState.Closed or TcpState.TimeWait or TcpState.SynSent))
        {
            SendReset();
        }

        Finish();
    }

    /// <summary>A packet of it could not be delivered. Before the handshake is over that is the
    /// end; later it is only remembered (RFC 1122, section 4.2.3.9).</summary>
    public void Undelivered(int error)
    {
        if (State == TcpState.SynSent)
        {
            Fail(error);
        }
        else
        {
            _softError = error;
        }
    }

    /// <summary>Ends at once, with an error for the program.</summary>
    public void Fail(int error)
    {
        if (IsConnecting)
        {
            _layer.Counters.FailedOpens++;
        }

        _error = error;
        Finish();
    }

    /// <summary>A setting that holds segments back has changed.</summary>
    public void SettingsChanged()
    {
        _isMoreComing = false;
        Output();
    }

    private void QueueFin()
    {
        _isFinQueued = true;
        State = State == TcpState.CloseWait ? TcpState.LastAck : TcpState.FinWait1;
        Output();
    }

    /// <summary>Leaves nothing behind.</summary>
    private void Finish()
    {
        if (State == TcpState.Closed)
        {
            return;
        }

        State = TcpState.Closed;
        _retransmit.Stop();
        _persist.Stop();
        _delayedAck.Stop();
        _keepAlive.Stop();
        _lifetime.Stop();
        _sending.Clear();
        Parent?.Remove(this);
        Parent = null;
        _layer.Remove(this);
        ReadReady.Signal();
        WriteReady.Signal();
    }
}
