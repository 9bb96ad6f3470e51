using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What a connection sends.</summary>
internal sealed partial class TcpConnection
{
    /// <summary>Of a peer that does not say (RFC 9293, section 3.7.1).</summary>
    private const int DefaultSegmentBytes = 536;

    /// <summary>Frames of one connection that may wait in the interface: more would only wait
    /// there, as with Linux's small queues.</summary>
    private const int QueuedSegmentsMax = 8;

    private readonly TransmitAccount _account;
    private NewReno _congestion;
    private int _segmentBytes;

    private uint _sendFirst;
    private uint _sendNext;
    private uint _sendHighest;
    private uint _initialSend;
    private uint _sendWindow;
    private uint _sendWindowMax;
    private byte _sendScale;
    private bool _isScaling;

    /// <summary>End of the last segment sent that was not full (Minshall's variant of Nagle's
    /// algorithm, RFC 896).</summary>
    private uint _smallEnd;

    private bool _isFinQueued;
    private bool _isMoreComing;
    private VirtualTime _lastSent;

    /// <summary>The end of what is to be sent, FIN included.</summary>
    private uint SendEnd =>
        unchecked(_sendFirst + (uint)_sending.Count + (_isFinQueued ? 1u : 0));

    /// <summary>HOT: per segment. Sends what windows, Nagle and the interface let through.
    /// </summary>
    private void Output()
    {
        if (State is TcpState.SynSent or TcpState.SynReceived or TcpState.Closed
            or TcpState.TimeWait or TcpState.Listen)
        {
            return;
        }

        if (_sendNext == _sendHighest && InFlightBytes == 0 && _lastSent != VirtualTime.Zero
            && _clock.Now - _lastSent > _roundTrip.Timeout)
        {
            _congestion.Rested();
        }

        int queueMax = QueuedSegmentsMax * (_segmentBytes + Ipv4Layer.TransportOffset);
        while (TryChooseLength(out int length, out bool hasFin))
        {
            if (_account.UsedBytes > queueMax)
            {
                _account.NotifyWhenAtMost(queueMax / 2);
                return;
            }

            SendData(length, hasFin);
        }

        if (UnsentBytes + (IsFinUnsent ? 1 : 0) > 0 && InFlightBytes == 0
            && !_persist.IsRunning)
        {
            StartPersisting();
        }
    }

    private bool IsFinUnsent => _isFinQueued && _sendNext != SendEnd;

    /// <returns>False if nothing can be sent now.</returns>
    private bool TryChooseLength(out int length, out bool hasFin)
    {
        int sent = SequenceNumber.Ahead(_sendNext, _sendFirst);
        int unsent = _sending.Count - sent;
        hasFin = false;
        length = 0;
        if (unsent < 0 || (unsent == 0 && !_isFinQueued))
        {
            return false;
        }

        // Limited transmit (RFC 3042): the first two duplicates let a segment through each.
        int bonus = _congestion.IsRecovering ? 0
            : Math.Min(_duplicates, NewReno.DuplicatesForLoss - 1) * _segmentBytes;
        long usable = Math.Min(_sendWindow, _congestion.WindowBytes + (long)bonus) - sent;
        length = (int)Math.Min(Math.Min(unsent, _segmentBytes), Math.Max(usable, 0));
        hasFin = _isFinQueued && length == unsent && usable > length;
        if (hasFin || length == _segmentBytes)
        {
            return true;
        }

        // A short segment: the last one, unless the window cuts it.
        return length > 0
            && ((length == unsent && MaySendSmall)
                || SequenceNumber.IsBefore(_sendNext, _sendHighest)
                || (uint)length >= _sendWindowMax / 2);
    }

    private bool MaySendSmall => !Settings.IsCorked && !_isMoreComing
        && (Settings.IsNagleOff || !SequenceNumber.IsAfter(_smallEnd, _sendFirst));

    private void SendData(int length, bool hasFin)
    {
        bool isAgain = SequenceNumber.IsBefore(_sendNext, _sendHighest);
        TcpFlags flags = TcpFlags.Acknowledge | (hasFin ? TcpFlags.Fin : TcpFlags.None);
        int offset = SequenceNumber.Ahead(_sendNext, _sendFirst);
        if (length > 0 && offset + length == _sending.Count)
        {
            flags |= TcpFlags.Push;
        }

        Transmit(_sendNext, flags, offset, length);
        uint end = unchecked(_sendNext + (uint)length + (hasFin ? 1u : 0));
        if (isAgain)
        {
            CountRetransmission();
        }
        else
        {
            if (length > 0 && length < _segmentBytes)
            {
                _smallEnd = end;
            }

            StartTiming(end);
        }

        _sendNext = end;
        _sendHighest = SequenceNumber.Later(_sendHighest, end);
        _persist.Stop();
        if (!_retransmit.IsRunning)
        {
            _retransmit.Set(_roundTrip.Timeout);
        }
    }

    private void CountRetransmission()
    {
        RetransmitCount++;
        _layer.Counters.SegmentsRetransmitted++;
        _timedEnd = null;
    }

    /// <summary>Sends the first unacknowledged segment again, whatever the windows say.</summary>
    private void Resend()
    {
        int length = Math.Min(_sending.Count, _segmentBytes);
        bool hasFin = _isFinQueued && length == _sending.Count
            && SequenceNumber.Ahead(_sendHighest, _sendFirst) > length;
        TcpFlags flags = TcpFlags.Acknowledge | (hasFin ? TcpFlags.Fin : TcpFlags.None);
        CountRetransmission();
        Transmit(_sendFirst, flags, 0, length);
    }

    private void StartSending()
    {
        _initialSend = _layer.ChooseSequence();
        (_sendFirst, _sendNext, _sendHighest, _smallEnd) =
            (_initialSend, _initialSend, _initialSend, _initialSend);
        _receiveScale = ScaleFor(
            Settings.ReceiveWindowBytes ?? TcpSettings.ReceiveWindowBytesMax);
    }

    private static byte ScaleFor(int windowBytes)
    {
        byte scale = 0;
        while (scale < TcpHeader.WindowScaleMax && windowBytes > ushort.MaxValue << scale)
        {
            scale++;
        }

        return scale;
    }

    private void SendSyn()
    {
        TcpFlags flags = TcpFlags.Syn
            | (State == TcpState.SynReceived ? TcpFlags.Acknowledge : TcpFlags.None);
        if (_sendHighest == _initialSend)
        {
            StartTiming(unchecked(_initialSend + 1));
        }
        else
        {
            CountRetransmission();
        }

        _sendNext = unchecked(_initialSend + 1);
        _sendHighest = _sendNext;
        Transmit(_initialSend, flags, 0, 0);
        _retransmit.Set(_roundTrip.Timeout);
    }

    private void SendAck() => Transmit(_sendNext, TcpFlags.Acknowledge, 0, 0);

    private void SendReset() =>
        Transmit(_sendNext, TcpFlags.Reset | TcpFlags.Acknowledge, 0, 0);

    /// <summary>HOT: per segment. Makes a segment; whatever is sent acknowledges what has come.
    /// </summary>
    private void Transmit(uint sequence, TcpFlags flags, int offset, int length)
    {
        bool isSyn = (flags & TcpFlags.Syn) != 0;
        int headerBytes = isSyn ? TcpHeader.SynSizeBytes : TcpHeader.SizeBytes;
        byte[] frame = Ipv4Layer.CreateFrame(headerBytes + length);
        bool hasAck = (flags & TcpFlags.Acknowledge) != 0;
        new TcpHeader
        {
            SourcePort = Local.Port,
            DestinationPort = Remote.Port,
            Sequence = sequence,
            Acknowledgment = hasAck ? _receiving.Next : 0,
            Flags = flags,
            Window = ChooseWindow(isSyn),
            SegmentSize = isSyn ? _layer.SegmentBytesFor(Remote.Address, Settings) : null,
            WindowScale = isSyn && (State == TcpState.SynSent || _isScaling) ? _receiveScale : null,
        }.Write(frame.AsSpan(Ipv4Layer.TransportOffset));
        _sending.CopyTo(offset, frame.AsSpan(Ipv4Layer.TransportOffset + headerBytes, length));
        _layer.Send(frame, headerBytes + length, Local.Address, Remote.Address, Settings, _account);
        if (hasAck)
        {
            AckSent();
        }

        if (length > 0)
        {
            _lastSent = _clock.Now;
            _isInteractive |= _clock.Now - _lastReceived < DelayedAckTime;
        }
    }
}
