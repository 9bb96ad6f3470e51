using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What a connection does with a segment (RFC 9293, section 3.10.7, with the checks of
/// RFC 5961).</summary>
internal sealed partial class TcpConnection
{
    private uint _recoverEnd;
    private uint _windowSequence;
    private uint _windowAcknowledgment;
    private int _duplicates;

    /// <summary>Where the peer's stream ends, once its FIN has come.</summary>
    private uint? _finSequence;

    /// <summary>HOT: per segment.</summary>
    public void Receive(in TcpHeader header, ReadOnlyMemory<byte> data)
    {
        _keepAliveCount = 0;
        switch (State)
        {
            case TcpState.Closed:
                break;
            case TcpState.SynSent:
                ReceiveInSynSent(header);
                break;
            case TcpState.TimeWait:
                ReceiveInTimeWait(header, data.Length);
                break;
            default:
                ReceiveInOrder(header, data);
                break;
        }
    }

    private void ReceiveInSynSent(in TcpHeader header)
    {
        bool hasAck = header.Has(TcpFlags.Acknowledge);
        if (hasAck && header.Acknowledgment != _sendHighest)
        {
            if (!header.Has(TcpFlags.Reset))
            {
                _layer.SendReset(Local, Remote, header.Acknowledgment);
            }

            return;
        }

        if (header.Has(TcpFlags.Reset))
        {
            if (hasAck)
            {
                Fail(Errno.ECONNREFUSED);
            }

            return;
        }

        if (!header.Has(TcpFlags.Syn))
        {
            return;
        }

        TakeSyn(header);
        if (!hasAck)
        {
            // Both ends open at once (RFC 9293, section 3.5).
            State = TcpState.SynReceived;
            SendSyn();
            return;
        }

        Establish(header);
        if (State != TcpState.Closed && _ackPending)
        {
            SendAck();
        }
    }

    /// <summary>The peer may not have got the last acknowledgment.</summary>
    private void ReceiveInTimeWait(in TcpHeader header, int length)
    {
        if (header.Has(TcpFlags.Reset))
        {
            return;
        }

        if (header.Has(TcpFlags.Fin))
        {
            _lifetime.Set(TcpLayer.TimeWaitLifetime);
        }

        if (length > 0 || header.Has(TcpFlags.Fin) || header.Has(TcpFlags.Syn))
        {
            SendAck();
        }
    }

    private void ReceiveInOrder(in TcpHeader header, ReadOnlyMemory<byte> data)
    {
        if (State == TcpState.SynReceived && header.Has(TcpFlags.Syn)
            && header.Sequence == unchecked(_receiving.Next - 1)
            && !header.Has(TcpFlags.Acknowledge))
        {
            SendSyn();
            return;
        }

        if (!IsAcceptable(header, data.Length))
        {
            if (!header.Has(TcpFlags.Reset))
            {
                SendAck();
            }

            return;
        }

        if (header.Has(TcpFlags.Reset))
        {
            ReceiveReset(header);
            return;
        }

        bool isHandshakeAgain = State == TcpState.SynReceived && header.Has(TcpFlags.Acknowledge);
        if (header.Has(TcpFlags.Syn) && !isHandshakeAgain)
        {
            SendAck();
            return;
        }

        if (!header.Has(TcpFlags.Acknowledge)
            || (State == TcpState.SynReceived && !TryFinishHandshake(header))
            || !TryTakeAcknowledgment(header, data.Length))
        {
            return;
        }

        TakeData(header, data);
        if (State != TcpState.Closed)
        {
            Output();
            AcknowledgeIfDue();
        }
    }

    /// <summary>In the window, or a repetition of what was acknowledged last.</summary>
    private bool IsAcceptable(in TcpHeader header, int length)
    {
        uint end = unchecked(header.Sequence + (uint)length
            + (header.Has(TcpFlags.Syn) ? 1u : 0) + (header.Has(TcpFlags.Fin) ? 1u : 0));
        return !SequenceNumber.IsBefore(end, _lastAcknowledged)
            && !SequenceNumber.IsAfter(header.Sequence, _windowEdge);
    }

    private void ReceiveReset(in TcpHeader header)
    {
        if (header.Sequence != _receiving.Next)
        {
            SendAck();
            return;
        }

        if (State == TcpState.SynReceived && Parent is not null)
        {
            Finish();
            return;
        }

        _layer.Counters.Resets++;
        Fail(State switch
        {
            TcpState.SynReceived => Errno.ECONNREFUSED,
            TcpState.CloseWait => Errno.EPIPE,
            _ => Errno.ECONNRESET,
        });
    }

    private void TakeSyn(in TcpHeader syn)
    {
        _receiving.Next = unchecked(syn.Sequence + 1);
        _lastAcknowledged = _receiving.Next;
        _ackPending = true;
        _segmentBytes = Math.Min(
            Math.Max(syn.SegmentSize ?? DefaultSegmentBytes, TcpLayer.SegmentBytesMin),
            _layer.SegmentBytesFor(Remote.Address, Settings));
        _congestion = new NewReno(_segmentBytes);
        _isScaling = syn.WindowScale is not null;
        _sendScale = syn.WindowScale ?? 0;
        if (!_isScaling)
        {
            _receiveScale = 0;
            _windowBytes = Math.Min(_windowBytes, ushort.MaxValue);
        }

        // What the first SYN offered, counted from a number that was not known then.
        _windowEdge = unchecked(_receiving.Next + _synWindow);
        (_sendWindow, _sendWindowMax) = (syn.Window, syn.Window);
        (_windowSequence, _windowAcknowledgment) = (syn.Sequence, syn.Acknowledgment);
        _lastReceived = _clock.Now;
        _tunedSince = _clock.Now;
    }

    private bool TryFinishHandshake(in TcpHeader header)
    {
        if (header.Acknowledgment != _sendHighest)
        {
            _layer.SendReset(Local, Remote, header.Acknowledgment);
            return false;
        }

        if (Parent is { } parent && !parent.TryComplete(this))
        {
            return false;
        }

        Establish(header);
        return State != TcpState.Closed;
    }

    /// <summary>Our SYN has been acknowledged.</summary>
    private void Establish(in TcpHeader header)
    {
        State = TcpState.Established;
        _sendFirst = header.Acknowledgment;
        _sendNext = _sendFirst;
        _sendHighest = _sendFirst;
        _smallEnd = _sendFirst;
        _recoverEnd = _initialSend;
        StopTiming(header.Acknowledgment);
        _roundTrip.Acknowledged();
        _troubledSince = null;
        _retransmit.Stop();
        if (!header.Has(TcpFlags.Syn))
        {
            SetWindow(header);
        }

        KeepAliveChanged();
        WriteReady.Signal();
        if (IsSendingShut)
        {
            QueueFin();
        }
        else
        {
            Output();
        }
    }

    /// <returns>False if the segment is to be ignored, or the connection is over.</returns>
    private bool TryTakeAcknowledgment(in TcpHeader header, int length)
    {
        uint acknowledgment = header.Acknowledgment;
        if (SequenceNumber.IsAfter(acknowledgment, _sendHighest))
        {
            SendAck();
            return false;
        }

        uint windowBefore = _sendWindow;
        bool isNewer = SequenceNumber.IsBefore(_windowSequence, header.Sequence)
            || (_windowSequence == header.Sequence
                && !SequenceNumber.IsAfter(_windowAcknowledgment, acknowledgment));
        if (isNewer && !SequenceNumber.IsBefore(acknowledgment, _sendFirst))
        {
            SetWindow(header);
        }

        if (SequenceNumber.IsAfter(acknowledgment, _sendFirst))
        {
            TakeNewAcknowledgment(acknowledgment);
            return State != TcpState.Closed;
        }

        bool isDuplicate = acknowledgment == _sendFirst && length == 0 && InFlightBytes > 0
            && windowBefore == _sendWindow && !header.Has(TcpFlags.Fin);
        if (isDuplicate)
        {
            TakeDuplicate();
        }

        return true;
    }

    private void SetWindow(in TcpHeader header)
    {
        _sendWindow = (uint)header.Window << _sendScale;
        _sendWindowMax = Math.Max(_sendWindowMax, _sendWindow);
        (_windowSequence, _windowAcknowledgment) = (header.Sequence, header.Acknowledgment);
        if (_sendWindow > 0)
        {
            _persist.Stop();
        }
    }

    private void TakeNewAcknowledgment(uint acknowledgment)
    {
        int inFlight = InFlightBytes;
        bool wasLimited = _congestion.IsInSlowStart
            ? _congestion.WindowBytes < 2 * inFlight
            : inFlight + _segmentBytes > _congestion.WindowBytes;
        int count = SequenceNumber.Ahead(acknowledgment, _sendFirst);
        int bytes = Math.Min(count, _sending.Count);
        bool isFinAcknowledged = count > bytes;
        _sending.Remove(bytes);
        _sendFirst = acknowledgment;
        _sendNext = SequenceNumber.Later(_sendNext, acknowledgment);
        if (SequenceNumber.IsBefore(_smallEnd, acknowledgment))
        {
            _smallEnd = acknowledgment;
        }

        StopTiming(acknowledgment);
        _roundTrip.Acknowledged();
        (_duplicates, _softError, _troubledSince) = (0, 0, null);
        AdjustCongestion(acknowledgment, count, wasLimited);
        if (InFlightBytes == 0)
        {
            _retransmit.Stop();
        }
        else
        {
            _retransmit.Set(_roundTrip.Timeout);
        }

        if (isFinAcknowledged)
        {
            _isFinQueued = false;
            FinAcknowledged();
        }

        if (_isRoomWanted && IsWritable && !IsSendingShut)
        {
            _isRoomWanted = false;
            WriteReady.Signal();
        }
    }

    private void AdjustCongestion(uint acknowledgment, int count, bool wasLimited)
    {
        if (!_congestion.IsRecovering)
        {
            _congestion.Acknowledged(count, wasLimited);
        }
        else if (!SequenceNumber.IsBefore(acknowledgment, _recoverEnd))
        {
            _congestion.LeaveRecovery(InFlightBytes);
        }
        else
        {
            Resend();
            _congestion.PartiallyAcknowledged(count);
        }
    }

    private void TakeDuplicate()
    {
        _duplicates++;
        if (_congestion.IsRecovering)
        {
            _congestion.DuplicateInRecovery();
        }
        else if (_duplicates == NewReno.DuplicatesForLoss
            && SequenceNumber.IsAfter(_sendFirst, _recoverEnd))
        {
            _layer.Counters.FastRetransmits++;
            _congestion.EnterRecovery(InFlightBytes);
            _recoverEnd = _sendHighest;
            Resend();
            _retransmit.Set(_roundTrip.Timeout);
        }
    }

    private void FinAcknowledged()
    {
        switch (State)
        {
            case TcpState.FinWait1:
                State = TcpState.FinWait2;
                if (IsOrphan)
                {
                    _lifetime.Set(TcpLayer.OrphanLifetime);
                }

                break;
            case TcpState.Closing:
                EnterTimeWait();
                break;
            case TcpState.LastAck:
                Finish();
                break;
            default:
                throw new InvariantException("a FIN was sent in a state that sends one");
        }
    }

    private void EnterTimeWait()
    {
        State = TcpState.TimeWait;
        _retransmit.Stop();
        _persist.Stop();
        _keepAlive.Stop();
        _lifetime.Set(TcpLayer.TimeWaitLifetime);
    }

    private void TakeData(in TcpHeader header, ReadOnlyMemory<byte> data)
    {
        if (State is not (TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2))
        {
            return;
        }

        if (header.Has(TcpFlags.Fin))
        {
            _finSequence = unchecked(header.Sequence + (uint)data.Length);
        }

        uint sequence = header.Sequence;
        int known = SequenceNumber.Ahead(_receiving.Next, sequence);
        if (known > 0)
        {
            _ackNow |= data.Length > 0;
            data = data[Math.Min(known, data.Length)..];
            sequence = _receiving.Next;
        }

        int room = SequenceNumber.Ahead(_windowEdge, sequence);
        if (data.Length > room)
        {
            data = data[..Math.Max(room, 0)];
            _ackNow = true;
        }

        if (data.Length > 0)
        {
            if (IsOrphan)
            {
                Abort();
                return;
            }

            Store(sequence, data);
        }

        if (_finSequence == _receiving.Next)
        {
            TakeFin();
        }
    }

    private void TakeFin()
    {
        _receiving.Next = unchecked(_receiving.Next + 1);
        _finSequence = null;
        HasReceivedFin = true;
        _ackNow = true;
        _ackPending = true;
        switch (State)
        {
            case TcpState.Established:
                State = TcpState.CloseWait;
                break;
            case TcpState.FinWait1:
                State = TcpState.Closing;
                break;
            case TcpState.FinWait2:
                EnterTimeWait();
                break;
            default:
                throw new InvariantException("a FIN is taken where data is");
        }

        ReadReady.Signal();
        WriteReady.Signal();
    }
}
