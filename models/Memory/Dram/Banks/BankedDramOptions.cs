using System.Globalization;
using System.Numerics;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Memory with channels, ranks, bank groups, banks and rows.</summary>
public sealed record BankedDramOptions
{
    public const int ChannelsMax = 64;
    public const int RanksMax = 16;
    public const int BanksMax = 64;
    public const int WriteQueueMax = 1024;
    public const int RowSizeBytesMax = 1 << 20;
    public const ulong ClockHertzMin = 10_000_000;
    public const ulong ClockHertzMax = 20_000_000_000;
    public static readonly VirtualDuration ControllerMax = VirtualDuration.FromMicroseconds(100);

    public required int Channels { get; init; }

    /// <summary>Of a channel.</summary>
    public required int Ranks { get; init; }

    /// <summary>Bank groups of a rank; 1 where the standard has none.</summary>
    public required int Groups { get; init; }

    public required int BanksPerGroup { get; init; }

    /// <summary>Of all chips of a rank together.</summary>
    public required int RowSizeBytes { get; init; }

    /// <summary>Of the commands; data come at twice this rate.</summary>
    public required ulong ClockHertz { get; init; }

    /// <summary>Data wires of a channel.</summary>
    public required int WidthBits { get; init; }

    /// <summary>Transfers of one read or write: together with the width, one line.</summary>
    public required int BurstLength { get; init; }

    /// <summary>Activates and precharges have wires of their own (HBM).</summary>
    public required bool HasRowBus { get; init; }

    public required DramTimings Timings { get; init; }

    public required AddressMapping Mapping { get; init; }

    /// <summary>Bank and group are XORed with the lowest bits of the row (Z. Zhang, Z. Zhu, X. Zhang,
    /// A Permutation-Based Page Interleaving Scheme, MICRO 2000).</summary>
    public required bool BankHash { get; init; }

    public required PagePolicy Policy { get; init; }

    /// <summary>What the controller takes of every answer besides: both ways through it.</summary>
    public required VirtualDuration Controller { get; init; }

    /// <summary>Writes that wait in a channel before some are written.</summary>
    public required int WriteHigh { get; init; }

    /// <summary>Writes that are left waiting then.</summary>
    public required int WriteLow { get; init; }

    public required int LineSizeBytes { get; init; }

    /// <summary>Clocks that the data of a line take.</summary>
    public int BurstClocks => BurstLength / 2;

    public int LinesPerRow => RowSizeBytes / LineSizeBytes;

    public int BanksPerRank => Groups * BanksPerGroup;

    /// <summary>What all channels could carry if nothing ever stopped the data.</summary>
    public UInt128 WireBitsPerSecond => (UInt128)ClockHertz * 2 * (uint)WidthBits * (uint)Channels;

    /// <summary>The longest that an access takes where nobody else is in its way: one that has to
    /// close a row and to wait for a refresh.</summary>
    public VirtualDuration IdleMax
    {
        get
        {
            DramTimings t = Timings;
            long clocks = 1 + t.Rc + t.Cwl + BurstClocks + t.Wr + t.Rp + t.Rfc + t.Rcd + t.Cl + BurstClocks;
            return Controller + VirtualDuration.FromPicoseconds(new DramClock(ClockHertz).TimeOf(clocks));
        }
    }

    /// <summary>Throws the first problem of <see cref="Check"/>.</summary>
    public void Validate(string key)
    {
        List<ConfigException> problems = [];
        Check(key, problems);
        if (problems.Count > 0)
        {
            throw problems[0];
        }
    }

    /// <summary>Adds every mistake in these options.</summary>
    /// <param name="key">Of the memory: channels lies below it, the rest below its banks.</param>
    public void Check(string key, List<ConfigException> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        int before = problems.Count;
        CheckPower($"{key}.channels", Channels, ChannelsMax, problems);
        CheckPower($"{key}.banks.ranks", Ranks, RanksMax, problems);
        CheckPower($"{key}.banks.groups", Groups, BanksMax, problems);
        CheckPower($"{key}.banks.perGroup", BanksPerGroup, BanksMax, problems);
        CheckPower($"{key}.banks.rowSize", RowSizeBytes, RowSizeBytesMax, problems);
        CheckPower($"{key}.banks.width", WidthBits, 1024, problems);
        CheckPower($"{key}.banks.burst", BurstLength, 64, problems);
        Require(ClockHertz is >= ClockHertzMin and <= ClockHertzMax, $"{key}.banks.clock",
            $"{new Frequency(ClockHertz)} is not in 10MHz..20GHz", problems);
        Require(Controller <= ControllerMax, $"{key}.banks.controller",
            $"{Controller} is not in 0ps..{ControllerMax}", problems);
        Require(WriteHigh is >= 1 and <= WriteQueueMax, $"{key}.banks.writeHigh",
            $"{WriteHigh} is not in 1..{WriteQueueMax}", problems);
        Require(WriteLow >= 0 && WriteLow < WriteHigh, $"{key}.banks.writeLow",
            $"{WriteLow} is not in 0..{WriteHigh - 1}, below writeHigh", problems);
        if (problems.Count > before)
        {
            return;
        }

        int bytes = WidthBits * BurstLength / 8;
        Require(BurstLength >= 2 && bytes == LineSizeBytes, $"{key}.banks.burst",
            string.Create(CultureInfo.InvariantCulture,
                $"{BurstLength} transfers of {WidthBits} bits are {bytes}B, and a line has ")
                + $"{LineSizeBytes}B: one command moves one line", problems);
        Require(RowSizeBytes >= LineSizeBytes, $"{key}.banks.rowSize",
            $"{RowSizeBytes}B is below a line of {LineSizeBytes}B", problems);
        Timings.Check($"{key}.banks.timings", BurstClocks, problems);
    }

    private static void CheckPower(
        string key, int value, int max, List<ConfigException> problems) =>
        Require(value >= 1 && value <= max && BitOperations.IsPow2(value), key,
            $"{value} is not a power of two from 1 to {max}", problems);

    private static void Require(
        bool holds, string key, string why, List<ConfigException> problems)
    {
        if (!holds)
        {
            problems.Add(new ConfigException(key, why));
        }
    }
}
