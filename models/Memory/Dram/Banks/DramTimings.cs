using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>What a memory's commands must keep apart, in whole clocks of its command clock. The
/// names are JEDEC's without their t.</summary>
public sealed record DramTimings
{
    public const int ClocksMax = 1_000_000;

    /// <summary>Read command to the first data.</summary>
    public required int Cl { get; init; }

    /// <summary>Write command to the first data.</summary>
    public required int Cwl { get; init; }

    /// <summary>Activate to a read or write of its bank.</summary>
    public required int Rcd { get; init; }

    /// <summary>Precharge to the next activate of its bank.</summary>
    public required int Rp { get; init; }

    /// <summary>Activate to precharge of its bank.</summary>
    public required int Ras { get; init; }

    /// <summary>Activate to the next activate of its bank: RAS + RP.</summary>
    public required int Rc { get; init; }

    /// <summary>Read to read, write to write: in different groups of a rank.</summary>
    public required int CcdS { get; init; }

    /// <summary>Read to read: in one group.</summary>
    public required int CcdL { get; init; }

    /// <summary>Write to write: in one group.</summary>
    public required int CcdLWr { get; init; }

    /// <summary>Activate to activate: in different groups of a rank.</summary>
    public required int RrdS { get; init; }

    /// <summary>Activate to activate: in one group.</summary>
    public required int RrdL { get; init; }

    /// <summary>No more than four activates of a rank begin within this.</summary>
    public required int Faw { get; init; }

    /// <summary>End of the data of a write to precharge of its bank.</summary>
    public required int Wr { get; init; }

    /// <summary>End of the data of a write to a read: in another group of the rank.</summary>
    public required int WtrS { get; init; }

    /// <summary>End of the data of a write to a read: in the same group.</summary>
    public required int WtrL { get; init; }

    /// <summary>Read to precharge of its bank.</summary>
    public required int Rtp { get; init; }

    /// <summary>Read to write of the rank.</summary>
    public required int Rtw { get; init; }

    /// <summary>Data of one rank to data of another one.</summary>
    public required int Cs { get; init; }

    /// <summary>Refresh to refresh of a rank.</summary>
    public required int Refi { get; init; }

    /// <summary>Refresh to the next activate of the rank.</summary>
    public required int Rfc { get; init; }

    /// <summary>All of them by the names that jobs write.</summary>
    public IReadOnlyList<(string Name, int Clocks)> All =>
    [
        ("cl", Cl), ("cwl", Cwl), ("rcd", Rcd), ("rp", Rp), ("ras", Ras), ("rc", Rc),
        ("ccdS", CcdS), ("ccdL", CcdL), ("ccdLWr", CcdLWr), ("rrdS", RrdS), ("rrdL", RrdL),
        ("faw", Faw), ("wr", Wr), ("wtrS", WtrS), ("wtrL", WtrL), ("rtp", Rtp), ("rtw", Rtw),
        ("cs", Cs), ("refi", Refi), ("rfc", Rfc),
    ];

    /// <summary>Adds every contradiction.</summary>
    /// <param name="burst">Clocks that the data of one command take.</param>
    internal void Check(string key, int burst, List<ConfigException> problems)
    {
        int before = problems.Count;
        foreach ((string name, int clocks) in All)
        {
            if (clocks is < 1 or > ClocksMax)
            {
                problems.Add(new ConfigException(
                    $"{key}.{name}", $"{clocks} is not in 1..{ClocksMax} clocks"));
            }
        }

        if (problems.Count > before)
        {
            return;
        }

        void Require(bool holds, string name, int clocks, string expected)
        {
            if (!holds)
            {
                problems.Add(new ConfigException($"{key}.{name}", $"{clocks} is not {expected}"));
            }
        }

        Require(Cwl <= Cl, "cwl", Cwl, $"at most cl, {Cl}");
        Require(Ras >= Rcd + burst, "ras", Ras,
            $"at least rcd + the burst, {Rcd} + {burst}: a row is closed before it can be read");
        Require(Rc == Ras + Rp, "rc", Rc, $"ras + rp, {Ras} + {Rp}");
        Require(CcdS >= burst, "ccdS", CcdS, $"at least the burst, {burst} clocks of data");
        Require(CcdL >= CcdS, "ccdL", CcdL, $"at least ccdS, {CcdS}");
        Require(CcdLWr >= CcdS, "ccdLWr", CcdLWr, $"at least ccdS, {CcdS}");
        Require(RrdL >= RrdS, "rrdL", RrdL, $"at least rrdS, {RrdS}");
        Require(WtrL >= WtrS, "wtrL", WtrL, $"at least wtrS, {WtrS}");
        Require(Faw >= 4 * RrdS, "faw", Faw,
            $"at least 4 x rrdS, {4 * RrdS}: four activates already take that long");
        Require(Rtw > Cl + burst - Cwl, "rtw", Rtw,
            $"above cl + the burst - cwl, {Cl + burst - Cwl}: read and written data would meet");
        int access = Math.Max(Ras, Rcd + Cwl + burst + Wr) + Rp;
        Require(Refi > Rfc + access, "refi", Refi,
            $"above rfc and one access, {Rfc} + {access}: between refreshes nothing could be done");
    }
}
