using System.Numerics;

namespace Dilaton.Guest;

/// <summary>Signals that were sent and not taken yet: of a standard one the first, of a real-time
/// one all, in the order of sending.</summary>
internal sealed class SignalQueue
{
    private readonly List<Entry> _entries = [];

    /// <summary>Which signals there are.</summary>
    public ulong Pending { get; private set; }

    /// <summary>Signals with their information; what RLIMIT_SIGPENDING counts.</summary>
    public int Count => _entries.Count;

    /// <param name="timer">The timer that sends it, which is told when it is taken.</param>
    /// <param name="withInfo">False: there is no room but for the fact.</param>
    public void Add(in SignalInfo info, bool withInfo, PosixTimer? timer = null)
    {
        Pending |= Signal.Bit(info.Number);
        if (withInfo)
        {
            _entries.Add(new Entry(info, timer));
        }
    }

    /// <summary>Takes the next of the given signals: one that an instruction raised, else that of the
    /// lowest number.</summary>
    public bool TryTake(ulong among, out SignalInfo info)
    {
        among &= Pending;
        info = default;
        if (among == 0)
        {
            return false;
        }

        ulong first = (among & Signal.Synchronous) != 0 ? among & Signal.Synchronous : among;
        int number = BitOperations.TrailingZeroCount(first) + 1;
        int index = _entries.FindIndex(e => e.Info.Number == number);
        Entry entry = index < 0
            ? new Entry(SignalInfo.Anonymous(number), null)
            : _entries[index];
        if (index >= 0)
        {
            _entries.RemoveAt(index);
        }

        ClearBit(number);
        info = entry.Timer?.Taken(entry.Info) ?? entry.Info;
        return true;
    }

    /// <summary>Forgets what is ignored.</summary>
    public void Discard(ulong signals)
    {
        if ((Pending & signals) == 0)
        {
            return;
        }

        Pending &= ~signals;
        Entry[] gone = [.. _entries.Where(e => (Signal.Bit(e.Info.Number) & signals) != 0)];
        _entries.RemoveAll(e => (Signal.Bit(e.Info.Number) & signals) != 0);
        foreach (Entry entry in gone)
        {
            entry.Timer?.Dropped();
        }
    }

    /// <summary>Forgets a timer's signal: the timer has been set anew.</summary>
    public void Withdraw(PosixTimer timer)
    {
        int index = _entries.FindIndex(e => e.Timer == timer);
        if (index >= 0)
        {
            int number = _entries[index].Info.Number;
            _entries.RemoveAt(index);
            ClearBit(number);
        }
    }

    private void ClearBit(int number)
    {
        if (!_entries.Exists(e => e.Info.Number == number))
        {
            Pending &= ~Signal.Bit(number);
        }
    }

    private readonly record struct Entry(SignalInfo Info, PosixTimer? Timer);
}
