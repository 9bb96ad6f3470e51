using Dilaton.Models.Memory;

namespace Dilaton.Tests.Unit.Models;

/// <summary>Reads a log of commands as a memory would, and says which rule each one breaks: written
/// from the standard's definitions, pair by pair, without the model's own arithmetic.</summary>
internal sealed class ProtocolChecker(BankedDramOptions options)
{
    private readonly DramTimings _t = options.Timings;
    private readonly SortedSet<string> _broken = new(StringComparer.Ordinal);
    private readonly Dictionary<(int, int, int, int), Bank> _banks = [];

    /// <summary>Names of the timings that were not kept, and of other rules.</summary>
    public IReadOnlyCollection<string> Broken => _broken;

    public void Check(IEnumerable<DramCommand> log)
    {
        foreach (IGrouping<int, DramCommand> channel in log.GroupBy(c => c.Where.Channel))
        {
            DramCommand[] commands = [.. channel.OrderBy(c => c.At).ThenBy(c => Order(c.Kind))];
            for (int i = 0; i < commands.Length; i++)
            {
                Follow(commands[i]);
                for (int j = i - 1; j >= 0 && commands[i].At - commands[j].At <= Window; j--)
                {
                    Pair(commands[j], commands[i]);
                }
            }

            Activates(commands);
            Refreshes(commands);
        }
    }

    /// <summary>Longer than any timing between neighbours.</summary>
    private int Window => Math.Max(_t.Rfc, _t.Faw + _t.Rc + _t.Cl + _t.Cwl + _t.WtrL + _t.Wr) + 64;

    /// <summary>At one instant rows close before others open.</summary>
    private static int Order(DramCommandKind kind) => kind switch
    {
        DramCommandKind.AutoPrecharge => 0,
        DramCommandKind.Precharge => 1,
        DramCommandKind.PrechargeAll => 2,
        _ => 3,
    };

    private void Require(bool holds, string rule)
    {
        if (!holds)
        {
            _broken.Add(rule);
        }
    }

    private Bank BankOf(DramAddress w)
    {
        var key = (w.Channel, w.Rank, w.Group, w.Bank);
        return _banks.TryGetValue(key, out Bank? bank) ? bank : _banks[key] = new Bank();
    }

    private IEnumerable<Bank> BanksOf(DramAddress w) => _banks
        .Where(b => b.Key.Item1 == w.Channel && b.Key.Item2 == w.Rank).Select(b => b.Value);

    /// <summary>What a bank allows in its state.</summary>
    private void Follow(DramCommand c)
    {
        switch (c.Kind)
        {
            case DramCommandKind.Activate:
                Bank opened = BankOf(c.Where);
                Require(opened.Row is null, "opens a bank that is open");
                Require(c.At - opened.Closed >= _t.Rp, "rp");
                Require(c.At - opened.Opened >= _t.Rc, "rc");
                Require(c.At - opened.Opened >= _t.Ras + _t.Rp, "ras");
                (opened.Row, opened.Opened) = (c.Where.Row, c.At);
                break;
            case DramCommandKind.Read or DramCommandKind.Write:
                Bank used = BankOf(c.Where);
                Require(used.Row == c.Where.Row, "uses a row that is not open");
                Require(c.At - used.Opened >= _t.Rcd, "rcd");
                if (c.Kind == DramCommandKind.Read)
                {
                    used.Read = c.At;
                }
                else
                {
                    used.WriteEnd = c.At + _t.Cwl + (options.BurstLength / 2);
                }

                break;
            case DramCommandKind.Precharge or DramCommandKind.AutoPrecharge:
                Require(BankOf(c.Where).Row == c.Where.Row, "closes a row that is not open");
                Close(BankOf(c.Where), c.At);
                break;
            case DramCommandKind.PrechargeAll:
                foreach (Bank bank in BanksOf(c.Where).Where(b => b.Row is not null))
                {
                    Close(bank, c.At);
                }

                break;
            default:
                Require(BanksOf(c.Where).All(b => b.Row is null), "refreshes with an open row");
                Require(BanksOf(c.Where).All(b => c.At - b.Closed >= _t.Rp), "rp");
                break;
        }
    }

    private void Close(Bank bank, long at)
    {
        Require(at - bank.Opened >= _t.Ras, "ras");
        Require(at - bank.Read >= _t.Rtp, "rtp");
        Require(at - bank.WriteEnd >= _t.Wr, "wr");
        (bank.Row, bank.Closed) = (null, at);
    }

    private void Pair(DramCommand a, DramCommand b)
    {
        if (a.Kind == DramCommandKind.AutoPrecharge || b.Kind == DramCommandKind.AutoPrecharge)
        {
            return;
        }

        bool columnA = a.Kind is DramCommandKind.Read or DramCommandKind.Write;
        bool columnB = b.Kind is DramCommandKind.Read or DramCommandKind.Write;
        Require(a.At != b.At || (options.HasRowBus && columnA != columnB), "two commands at once");
        bool sameRank = a.Where.Rank == b.Where.Rank;
        bool sameGroup = a.Where.Group == b.Where.Group;
        long gap = b.At - a.At;
        if (columnA && columnB)
        {
            Columns(a, b, sameRank, sameGroup, gap);
        }
        else if (sameRank && a.Kind == DramCommandKind.Activate && b.Kind == DramCommandKind.Activate)
        {
            Require(gap >= _t.RrdS, "rrdS");
            Require(!sameGroup || gap >= _t.RrdL, "rrdL");
        }
        else if (sameRank && a.Kind == DramCommandKind.Refresh)
        {
            Require(gap >= _t.Rfc, "rfc");
        }
    }

    private void Columns(DramCommand a, DramCommand b, bool sameRank, bool sameGroup, long gap)
    {
        bool readA = a.Kind == DramCommandKind.Read;
        bool readB = b.Kind == DramCommandKind.Read;
        int burst = options.BurstLength / 2;
        long startA = a.At + (readA ? _t.Cl : _t.Cwl);
        long startB = b.At + (readB ? _t.Cl : _t.Cwl);
        Require(startB >= startA + burst || startA >= startB + burst, "data meet");
        if (!sameRank)
        {
            Require(
                startB >= startA + burst + _t.Cs || startA >= startB + burst + _t.Cs, "cs");
            return;
        }

        if (readA == readB)
        {
            Require(gap >= _t.CcdS, "ccdS");
            Require(!sameGroup || gap >= (readA ? _t.CcdL : _t.CcdLWr), readA ? "ccdL" : "ccdLWr");
        }
        else if (readA)
        {
            Require(gap >= _t.Rtw, "rtw");
        }
        else
        {
            long end = startA + burst;
            Require(b.At - end >= _t.WtrS, "wtrS");
            Require(!sameGroup || b.At - end >= _t.WtrL, "wtrL");
        }
    }

    private void Activates(DramCommand[] commands)
    {
        foreach (IGrouping<int, DramCommand> rank in commands
            .Where(c => c.Kind == DramCommandKind.Activate).GroupBy(c => c.Where.Rank))
        {
            DramCommand[] all = [.. rank];
            for (int i = 4; i < all.Length; i++)
            {
                Require(all[i].At - all[i - 4].At >= _t.Faw, "faw");
            }
        }
    }

    private void Refreshes(DramCommand[] commands)
    {
        foreach (IGrouping<int, DramCommand> rank in commands
            .Where(c => c.Kind == DramCommandKind.Refresh).GroupBy(c => c.Where.Rank))
        {
            DramCommand[] all = [.. rank];
            for (int i = 1; i < all.Length; i++)
            {
                Require(all[i].At - all[i - 1].At == _t.Refi, "refi");
            }
        }
    }

    private sealed class Bank
    {
        private const long Never = long.MinValue / 4;

        public ulong? Row { get; set; }

        public long Opened { get; set; } = Never;

        public long Closed { get; set; } = Never;

        public long Read { get; set; } = Never;

        public long WriteEnd { get; set; } = Never;
    }
}
