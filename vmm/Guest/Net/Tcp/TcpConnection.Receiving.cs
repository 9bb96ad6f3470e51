using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>The receiving side: the window, its tuning, and when to acknowledge.</summary>
internal sealed partial class TcpConnection
{
    /// <summary>Segments acknowledged at once when a connection begins or has rested, so that
    /// the peer's window opens fast: Linux's TCP_MAX_QUICKACKS.</summary>
    private const int QuickAcksMax = 16;

    private readonly TcpTimer _delayedAck;
    private byte _receiveScale;
    private int _windowBytes;

    /// <summary>The end of the window that the peer knows; never goes back.</summary>
    private uint _windowEdge;
    private uint _synWindow;
    private uint _lastAcknowledged;
    private VirtualTime _lastReceived;
    private int _receivedSegmentBytes;
    private int _quickAcks = QuickAcksMax;
    private bool _isInteractive;
    private bool _wasLastSmall;

    /// <summary>Something has come that was not acknowledged.</summary>
    private bool _ackPending;
    private bool _ackNow;

    private VirtualTime _tunedSince;
    private int _consumedBytes;

    /// <summary>Linux's TCP_DELACK_MIN; RFC 1122 allows up to half a second.</summary>
    public static VirtualDuration DelayedAckTime => VirtualDuration.FromMilliseconds(40);

    /// <summary>What may be sent beyond what has come. Two segments are not counted: an
    /// acknowledgment leaves before the program could read what it acknowledges, and a window of
    /// n bytes is to carry n bytes in a round trip.</summary>
    private int RoomBytes =>
        Math.Max(0, _windowBytes - Math.Max(0, ReadyBytes - (2 * _segmentBytes)));

    private bool IsQuick => _quickAcks > 0 && !_isInteractive;

    /// <summary>SO_RCVBUF on a connection: the window grows to it, and never shrinks before what
    /// was promised has come.</summary>
    public void FixWindow(int bytes)
    {
        _windowBytes = Math.Min(bytes, ushort.MaxValue << _receiveScale);
        Settings.ReceiveWindowBytes = bytes;
    }

    /// <summary>TCP_QUICKACK.</summary>
    public void SetQuick(bool isOn)
    {
        _isInteractive = !isOn;
        _quickAcks = isOn ? QuickAcksMax : 0;
        if (isOn && _ackPending)
        {
            SendAck();
        }
    }

    private void Store(uint sequence, ReadOnlyMemory<byte> data)
    {
        if (_clock.Now - _lastReceived > _roundTrip.Timeout)
        {
            _quickAcks = QuickAcksMax;
        }

        _lastReceived = _clock.Now;
        _wasLastSmall = data.Length < _receivedSegmentBytes;
        _receivedSegmentBytes = Math.Max(_receivedSegmentBytes, data.Length);
        bool hadGap = _receiving.HasGap;
        int moved = _receiving.Add(sequence, data);
        _ackPending = true;

        // RFC 5681, section 4.2: at once for what is out of order or fills a gap.
        _ackNow |= moved == 0 || hadGap;
        if (moved > 0)
        {
            ReadReady.Signal();
        }
    }

    private void AcknowledgeIfDue()
    {
        if (!_ackPending && !_ackNow)
        {
            return;
        }

        int waiting = SequenceNumber.Ahead(_receiving.Next, _lastAcknowledged);
        if (_ackNow || IsQuick || waiting > _receivedSegmentBytes)
        {
            SendAck();
        }
        else if (!_delayedAck.IsRunning)
        {
            _delayedAck.Set(DelayedAckTime);
        }
    }

    private void DelayedAckExpired()
    {
        _isInteractive = false;
        SendAck();
    }

    private void AckSent()
    {
        (_ackPending, _ackNow) = (false, false);
        _lastAcknowledged = _receiving.Next;
        _quickAcks = Math.Max(0, _quickAcks - 1);
        _delayedAck.Stop();
    }

    /// <summary>The window to offer. It moves by a segment or half the buffer at least
    /// (RFC 9293, section 3.8.6.2.2).</summary>
    private ushort ChooseWindow(bool isSyn)
    {
        int room = RoomBytes;
        if (isSyn)
        {
            _synWindow = (uint)Math.Min(room, ushort.MaxValue);
            _windowEdge = unchecked(_receiving.Next + _synWindow);
            return (ushort)_synWindow;
        }

        int promised = SequenceNumber.Ahead(_windowEdge, _receiving.Next);
        bool isWorthIt = room - promised >= Math.Min(_windowBytes / 2, _segmentBytes);
        int offered = isWorthIt ? room : promised;
        int scaled = Math.Min(offered >> _receiveScale, ushort.MaxValue);
        if (scaled << _receiveScale < promised)
        {
            scaled = Math.Min(scaled + 1, ushort.MaxValue);
        }

        _windowEdge = SequenceNumber.Later(
            _windowEdge, unchecked(_receiving.Next + ((uint)scaled << _receiveScale)));
        return (ushort)scaled;
    }

    /// <summary>The program has taken bytes: tells the peer if that opens the window a lot, as
    /// Linux does when it has at least doubled.</summary>
    private void Consumed(int count)
    {
        Tune(count);
        if (State is not (TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2))
        {
            return;
        }

        int promised = SequenceNumber.Ahead(_windowEdge, _receiving.Next);
        int room = RoomBytes;
        bool isOpening = room >= 2 * promised
            && room - promised >= Math.Min(_windowBytes / 2, _segmentBytes);
        bool isDrained = _ackPending && ReadyBytes == 0 && _wasLastSmall && !_isInteractive;
        if (isOpening || isDrained)
        {
            SendAck();
        }
    }

    /// <summary>Dynamic right-sizing, as in Linux: the window is twice what the program took in
    /// a round trip, and a little more.</summary>
    private void Tune(int count)
    {
        if (Settings.ReceiveWindowBytes is not null || !_isScaling)
        {
            return;
        }

        _consumedBytes = (int)Math.Min((long)_consumedBytes + count, int.MaxValue / 4);
        if (_clock.Now - _tunedSince < _roundTrip.Smoothed)
        {
            return;
        }

        int wanted = (2 * _consumedBytes) + (QuickAcksMax * _segmentBytes);
        _windowBytes = Math.Max(
            _windowBytes, Math.Min(wanted, TcpSettings.ReceiveWindowBytesMax));
        _consumedBytes = 0;
        _tunedSince = _clock.Now;
    }
}
