using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>One channel and its controller. Each access is promised its commands when it comes:
/// <code>
///   row open            ─────────────────────────> read or write
///   bank closed         ───────────── activate ──> read or write
///   another row open    precharge ──> activate ──> read or write
/// </code>
/// each at the earliest instant that the rules allow beside what was promised before. So a hit
/// overtakes older accesses that wait for their rows, wherever it fits between their data, and
/// accesses without a hit are served in the order in which they came. Writes wait until enough of them
/// are there, and are then chosen row hits first.</summary>
internal sealed class DramChannel
{
    private readonly int _index;
    private readonly BankedDramOptions _options;
    private readonly DramTimings _timings;
    private readonly RefreshCalendar _refreshes;
    private readonly CommandSchedule _schedule;
    private readonly BankRows[] _banks;
    private readonly List<PendingWrite> _writes = [];
    private readonly Action<DramCommand> _retire;
    private readonly long[] _refreshed;
    private readonly int _burst;
    private long _dataEnd;
    private long _now;

    public DramChannel(int index, BankedDramOptions options)
    {
        (_index, _options, _timings, _burst) = (index, options, options.Timings, options.BurstClocks);
        _refreshes = new RefreshCalendar(_timings, options.Ranks);
        _schedule = new CommandSchedule(new CommandRules(options), _refreshes, _timings);
        _banks = new BankRows[options.Ranks * options.BanksPerRank];
        for (int i = 0; i < _banks.Length; i++)
        {
            _banks[i] = new BankRows();
        }

        _refreshed = new long[options.Ranks];
        _retire = Retire;
    }

    public ChannelCounters Counters { get; } = new();

    /// <summary>Is told every command; not in the order of time. Null: nobody is.</summary>
    public Action<DramCommand>? Log { get; set; }

    /// <summary>End of the last data promised.</summary>
    public long DataEnd => _dataEnd;

    /// <summary>Commands that are not counted yet, in the order of time.</summary>
    public ReadOnlySpan<DramCommand> Promised => _schedule.Commands;

    /// <summary>Promises a read its data.</summary>
    /// <param name="at">First edge at which the controller has it.</param>
    /// <returns>Edge at which its last data are there; -1: a waiting write had them.</returns>
    public long Read(long at, ulong line, in DramAddress where)
    {
        at = Advance(at);
        foreach (PendingWrite write in _writes)
        {
            if (write.Line == line)
            {
                Counters.Forwarded++;
                return -1;
            }
        }

        long column = Place(at, DramCommandKind.Read, where, out RowOutcome outcome);
        Counters.Reads++;
        Counters.Count(outcome);
        Counters.Wait(column - at - Idle(outcome));
        return column + _timings.Cl + _burst;
    }

    /// <summary>Takes a write; nobody waits for it.</summary>
    public void Write(long at, ulong line, in DramAddress where)
    {
        at = Advance(at);
        foreach (PendingWrite write in _writes)
        {
            if (write.Line == line)
            {
                Counters.Merged++;
                return;
            }
        }

        _writes.Add(new PendingWrite(at, line, where));
        if (_writes.Count >= _options.WriteHigh)
        {
            Counters.Drains++;
            while (_writes.Count > _options.WriteLow)
            {
                PlaceWrite(at);
            }
        }
    }

    /// <summary>Brings refreshes, and what was done while nothing came, up to an instant.</summary>
    /// <returns>The instant; never before an earlier one.</returns>
    public long Advance(long at)
    {
        at = Math.Max(at, _now);
        WriteWhileIdle(at);
        _now = at;
        for (int rank = 0; rank < _refreshed.Length; rank++)
        {
            Refresh(rank, at);
        }

        _schedule.Forget(at, _retire);
        return at;
    }

    /// <summary>Clocks from an access to its read or write where nothing is in its way.</summary>
    private int Idle(RowOutcome outcome) => outcome switch
    {
        RowOutcome.Hit => 0,
        RowOutcome.Miss => _timings.Rcd,
        _ => _timings.Rp + _timings.Rcd,
    };

    private void Refresh(int rank, long at)
    {
        long count = _refreshes.CountBefore(rank, at + 1);
        Counters.Refreshes += (ulong)(count - _refreshed[rank]);
        if (Log is null)
        {
            _refreshed[rank] = count;
            return;
        }

        for (; _refreshed[rank] < count; _refreshed[rank]++)
        {
            var where = new DramAddress(_index, rank, 0, 0, 0);
            long start = _refreshes.StartOf(rank, _refreshed[rank]);
            Log(new DramCommand(start - _timings.Rp, DramCommandKind.PrechargeAll, where));
            Log(new DramCommand(start, DramCommandKind.Refresh, where));
        }
    }

    /// <summary>While no data moves, waiting writes are written down to the low mark.</summary>
    private void WriteWhileIdle(long until)
    {
        while (_writes.Count > _options.WriteLow)
        {
            long idle = Math.Max(_dataEnd, _writes[_options.WriteLow].From);
            if (idle >= until)
            {
                return;
            }

            PlaceWrite(Math.Max(idle, _now));
        }
    }

    /// <summary>The oldest of those whose row is open, or else the oldest.</summary>
    private void PlaceWrite(long at)
    {
        int chosen = 0;
        for (int i = 0; i < _writes.Count; i++)
        {
            BankRows bank = BankOf(_writes[i].Where);
            if (bank.Count > 0 && bank.Last.IsOpen && bank.Last.Row == _writes[i].Where.Row
                && bank.Last.Deadline > at)
            {
                chosen = i;
                break;
            }
        }

        DramAddress where = _writes[chosen].Where;
        _writes.RemoveAt(chosen);
        Place(at, DramCommandKind.Write, where, out RowOutcome outcome);
        Counters.Writes++;
        Counters.Count(outcome);
    }

    /// <returns>When its read or write is sent.</returns>
    private long Place(long at, DramCommandKind kind, in DramAddress where, out RowOutcome outcome)
    {
        BankRows bank = BankOf(where);
        bank.Forget(at);
        if (_options.Policy == PagePolicy.Open && PlaceHit(bank, at, kind, where) is var hit and >= 0)
        {
            outcome = RowOutcome.Hit;
            return hit;
        }

        long from = CloseBefore(bank, at, where, out outcome);
        return PlaceMiss(bank, from, kind, where);
    }

    /// <summary>In a span in which its row is open.</summary>
    private long PlaceHit(BankRows bank, long at, DramCommandKind kind, in DramAddress where)
    {
        int tail = Tail(kind);
        for (int i = 0; i < bank.Count; i++)
        {
            ref RowSpan span = ref bank[i];
            if (span.Row != where.Row)
            {
                continue;
            }

            var command = new DramCommand(Math.Max(at, span.Activate + _timings.Rcd), kind, where);
            long column = _schedule.Earliest(command, span.Precharge - tail);
            if (column >= 0)
            {
                Send(command with { At = column });
                span.CloseFrom = Math.Max(span.CloseFrom, column + tail);
                return column;
            }
        }

        return -1;
    }

    /// <summary>Closes the row that is open.</summary>
    /// <returns>When another may be opened, by its bank.</returns>
    private long CloseBefore(BankRows bank, long at, in DramAddress where, out RowOutcome outcome)
    {
        outcome = RowOutcome.Miss;
        if (bank.Count == 0)
        {
            return at;
        }

        ref RowSpan last = ref bank.Last;
        if (last.IsOpen && last.Deadline > at)
        {
            var close = new DramCommand(
                Math.Max(at, last.CloseFrom), DramCommandKind.Precharge,
                where with { Row = last.Row });
            long precharge = _schedule.Earliest(close, last.Deadline - 1);
            if (precharge >= 0)
            {
                outcome = RowOutcome.Conflict;
                last.Precharge = precharge;
                Counters.Precharges++;
                Send(close with { At = precharge });
            }
        }

        return Math.Max(at, Math.Max(last.Precharge + _timings.Rp, last.Activate + _timings.Rc));
    }

    /// <summary>Opens its row, between two refreshes.</summary>
    private long PlaceMiss(BankRows bank, long from, DramCommandKind kind, in DramAddress where)
    {
        int tail = Tail(kind);
        while (true)
        {
            from = _refreshes.Open(where.Rank, from);
            var command = new DramCommand(from, DramCommandKind.Activate, where);
            long activate = _schedule.Earliest(command, long.MaxValue);
            long deadline = _refreshes.DeadlineAfter(where.Rank, from);
            if (activate + _timings.Ras <= deadline)
            {
                var access = new DramCommand(activate + _timings.Rcd, kind, where);
                long column = _schedule.Earliest(access, deadline - tail);
                if (column >= 0)
                {
                    Send(command with { At = activate });
                    Send(access with { At = column });
                    Counters.Activates++;
                    Open(bank, activate, column + tail, deadline, where);
                    return column;
                }
            }

            from = deadline + _timings.Rp + _timings.Rfc;
        }
    }

    private void Open(BankRows bank, long activate, long used, long deadline, in DramAddress where)
    {
        long closeFrom = Math.Max(activate + _timings.Ras, used);
        RowSpan span = new()
        {
            Row = where.Row,
            Activate = activate,
            Deadline = deadline,
            Precharge = deadline,
            CloseFrom = closeFrom,
        };
        if (_options.Policy == PagePolicy.Closed)
        {
            span.Precharge = closeFrom;
            Counters.Precharges++;
            Log?.Invoke(new DramCommand(closeFrom, DramCommandKind.AutoPrecharge, where));
        }

        bank.Add(span);
    }

    private void Send(in DramCommand command)
    {
        if (command.Kind is DramCommandKind.Read or DramCommandKind.Write)
        {
            int latency = command.Kind == DramCommandKind.Read ? _timings.Cl : _timings.Cwl;
            _dataEnd = Math.Max(_dataEnd, command.At + latency + _burst);
        }

        _schedule.Add(command);
        Log?.Invoke(command);
    }

    private void Retire(DramCommand command) => Counters.Retire(command);

    /// <summary>Clocks from a read or write until its row may be closed.</summary>
    private int Tail(DramCommandKind kind) => kind == DramCommandKind.Read
        ? _timings.Rtp
        : _timings.Cwl + _burst + _timings.Wr;

    private BankRows BankOf(in DramAddress where) => _banks[
        (where.Rank * _options.BanksPerRank) + (where.Group * _options.BanksPerGroup) + where.Bank];
}
