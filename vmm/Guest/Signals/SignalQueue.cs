using System.Numerics;

namespace Dilaton.Guest;

/// <summary>Signals that were sent and not taken yet: of a standard one the first, of a real-time
/// one all, in the order of sending.</summary>
internal sealed class SignalQueue
{
    private readonly List<SignalInfo> _entries = [];

    /// <summary>Which signals there are.</summary>
    public ulong Pending { get; private set; }

    /// <summary>Signals with their information; what RLIMIT_SIGPENDING counts.</summary>
    public int Count => _entries.Count;

    /// <param name="withInfo">False: there is no room but for the fact.</param>
    public void Add(in SignalInfo info, bool withInfo)
    {
        Pending |= Signal.Bit(info.Number);
        if (withInfo)
        {
            _entries.Add(info);
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
        int index = _entries.FindIndex(e => e.Number == number);
        info = index < 0 ? SignalInfo.Anonymous(number) : _entries[index];
        if (index >= 0)
        {
            _entries.RemoveAt(index);
        }

        if (!_entries.Exists(e => e.Number == number))
        {
            Pending &= ~Signal.Bit(number);
        }

        return true;
    }

    public void Discard(ulong signals)
    {
        if ((Pending & signals) != 0)
        {
            Pending &= ~signals;
            _entries.RemoveAll(e => (Signal.Bit(e.Number) & signals) != 0);
        }
    }
}
