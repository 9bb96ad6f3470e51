using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A connection's timers: retransmission, zero window, keep-alive.</summary>
internal sealed partial class TcpConnection
{
    /// <summary>Expiries in a row before the peer is given up: Linux's tcp_syn_retries,
    /// tcp_synack_retries, tcp_retries2 and tcp_orphan_retries.</summary>
    private const int SynRetriesMax = 6;
    private const int SynAckRetriesMax = 5;
    private const int RetriesMax = 15;
    private const int OrphanRetriesMax = 8;
    private const int PersistBackoffMax = 10;

    private readonly TcpTimer _retransmit;
    private readonly TcpTimer _persist;
    private readonly TcpTimer _keepAlive;

    /// <summary>Ends TIME_WAIT, and FIN_WAIT2 of a closed socket.</summary>
    private readonly TcpTimer _lifetime;

    private readonly RttEstimator _roundTrip = new();
    private uint? _timedEnd;
    private VirtualTime _timedSince;
    private VirtualTime? _troubledSince;
    private int _persistCount;
    private int _keepAliveCount;

    /// <summary>Times one segment at a time.</summary>
    private void StartTiming(uint end)
    {
        if (_timedEnd is null)
        {
            (_timedEnd, _timedSince) = (end, _clock.Now);
        }
    }

    private void StopTiming(uint acknowledged)
    {
        if (_timedEnd is { } end && !SequenceNumber.IsBefore(acknowledged, end))
        {
            _roundTrip.AddSample(_clock.Now - _timedSince);
            _timedEnd = null;
        }
    }

    private void RetransmitExpired()
    {
        int retriesMax = State switch
        {
            TcpState.SynSent => SynRetriesMax,
            TcpState.SynReceived => SynAckRetriesMax,
            _ when IsOrphan => OrphanRetriesMax,
            _ => RetriesMax,
        };
        if (IsGivenUp(_roundTrip.Backoff >= retriesMax))
        {
            return;
        }

        _layer.Counters.Timeouts++;
        _troubledSince ??= _clock.Now;
        bool isFirst = _roundTrip.Backoff == 0;
        _roundTrip.Expired();
        if (IsConnecting)
        {
            SendSyn();
            return;
        }

        // RFC 6298, section 5 and RFC 6582, section 4: all is sent again from the first hole on,
        // and duplicates of what was sent before mean nothing.
        _congestion.TimedOut(InFlightBytes, isFirst);
        _recoverEnd = _sendHighest;
        _duplicates = 0;
        _timedEnd = null;
        _sendNext = _sendFirst;
        _retransmit.Set(_roundTrip.Timeout);
        if (_sendWindow == 0)
        {
            Resend();
            _sendNext = _sendHighest;
        }
        else
        {
            Output();
        }
    }

    private bool IsGivenUp(bool isLastTry)
    {
        bool isTooLong = Settings.UserTimeout is { } limit
            && _troubledSince is { } since && _clock.Now - since >= limit;
        if (!isLastTry && !isTooLong)
        {
            return false;
        }

        Fail(_softError != 0 ? _softError : Errno.ETIMEDOUT);
        return true;
    }

    /// <summary>Nothing is on its way and something waits: the window is closed, or too small.
    /// </summary>
    private void StartPersisting()
    {
        _persistCount = 0;
        _persist.Set(_roundTrip.Timeout);
    }

    /// <summary>Asks for the window (RFC 1122, section 4.2.2.17), or sends what was held back.
    /// </summary>
    private void PersistExpired()
    {
        int unsent = UnsentBytes;
        if (IsGivenUp(IsOrphan && _persistCount >= OrphanRetriesMax) || InFlightBytes > 0
            || (unsent == 0 && !IsFinUnsent))
        {
            return;
        }

        int open = (int)Math.Min(_sendWindow, int.MaxValue);
        if (open > 0)
        {
            int length = Math.Min(Math.Min(unsent, open), _segmentBytes);
            SendData(length, hasFin: length == unsent && _isFinQueued && open > length);
            Output();
            return;
        }

        // As Linux probes: with a byte number that the peer has, which it must answer.
        Transmit(unchecked(_sendFirst - 1), TcpFlags.Acknowledge, 0, 0);
        _persistCount = Math.Min(_persistCount + 1, PersistBackoffMax);
        ulong wait = Math.Min(
            _roundTrip.Timeout.Picoseconds << _persistCount, RttEstimator.Max.Picoseconds);
        _persist.Set(new VirtualDuration(wait));
    }

    public void KeepAliveChanged()
    {
        _keepAliveCount = 0;
        if (Settings.IsKeptAlive && State is TcpState.Established or TcpState.CloseWait)
        {
            _keepAlive.Set(Settings.KeepAliveIdle);
        }
        else
        {
            _keepAlive.Stop();
        }
    }

    /// <summary>RFC 9293, section 3.8.4.</summary>
    private void KeepAliveExpired()
    {
        if (!IsConnected || !Settings.IsKeptAlive)
        {
            return;
        }

        VirtualTime due = VirtualTime.Max(_lastReceived, _lastSent) + Settings.KeepAliveIdle;
        if (_keepAliveCount == 0 && due > _clock.Now)
        {
            _keepAlive.Set(due - _clock.Now);
            return;
        }

        if (_keepAliveCount >= Settings.KeepAliveProbes)
        {
            SendReset();
            Fail(Errno.ETIMEDOUT);
            return;
        }

        _keepAliveCount++;
        Transmit(unchecked(_sendFirst - 1), TcpFlags.Acknowledge, 0, 0);
        _keepAlive.Set(Settings.KeepAliveInterval);
    }
}
