using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Memories with banks. Timings that a standard gives in nanoseconds are rounded up to whole
/// clocks.</summary>
public static class DramPresets
{
    private static readonly BankedDramOptions s_ddr4 = new()
    {
        Channels = 1,
        Ranks = 1,
        Groups = 4,
        BanksPerGroup = 4,
        RowSizeBytes = 8 << 10,
        ClockHertz = 1_600_000_000,
        WidthBits = 64,
        BurstLength = 8,
        HasRowBus = false,
        Mapping = AddressMapping.Interleaved,
        BankHash = true,
        Policy = PagePolicy.Open,
        Controller = VirtualDuration.FromNanoseconds(20),
        WriteHigh = 54,
        WriteLow = 32,
        LineSizeBytes = 64,
        Timings = new DramTimings
        {
            Cl = 22,
            Cwl = 16,
            Rcd = 22,
            Rp = 22,
            Ras = 52,
            Rc = 74,
            CcdS = 4,
            CcdL = 8,
            CcdLWr = 8,
            RrdS = 4,
            RrdL = 8,
            Faw = 34,
            Wr = 24,
            WtrS = 4,
            WtrL = 12,
            Rtp = 12,
            Rtw = 12,
            Cs = 2,
            Refi = 12_480,
            Rfc = 560,
        },
    };

    public static DramPreset Ddr4Of2400 { get; } = new(
        "ddr4-2400",
        "DDR4-2400T, 8Gb x8 chips, one rank of 64 bits",
        "JEDEC JESD79-4, \"Speed Bin\" tables (2400T: 17-17-17; tRAS 32ns) and \"Timing Parameters by "
            + "Speed Grade\" (tCCD_L 5ns, tRRD_S 3.3ns, tRRD_L 4.9ns, tFAW 21ns, tWR 15ns, tWTR 2.5/"
            + "7.5ns, tRTP 7.5ns), \"Refresh\" (8Gb: tRFC1 350ns, tREFI 7.8us); tRTW = CL + 4 + 2 - CWL",
        s_ddr4 with
        {
            ClockHertz = 1_200_000_000,
            Timings = new DramTimings
            {
                Cl = 17,
                Cwl = 12,
                Rcd = 17,
                Rp = 17,
                Ras = 39,
                Rc = 56,
                CcdS = 4,
                CcdL = 6,
                CcdLWr = 6,
                RrdS = 4,
                RrdL = 6,
                Faw = 26,
                Wr = 18,
                WtrS = 3,
                WtrL = 9,
                Rtp = 9,
                Rtw = 11,
                Cs = 2,
                Refi = 9_360,
                Rfc = 420,
            },
        });

    public static DramPreset Ddr4Of3200 { get; } = new(
        "ddr4-3200",
        "DDR4-3200AA, 8Gb x8 chips, one rank of 64 bits",
        "JEDEC JESD79-4, \"Speed Bin\" tables (3200AA: 22-22-22; tRAS 32ns) and \"Timing Parameters by "
            + "Speed Grade\" (tCCD_L 5ns, tRRD_S 2.5ns, tRRD_L 4.9ns, tFAW 21ns, tWR 15ns, tWTR 2.5/"
            + "7.5ns, tRTP 7.5ns), \"Refresh\" (8Gb: tRFC1 350ns, tREFI 7.8us); tRTW = CL + 4 + 2 - CWL",
        s_ddr4);

    public static DramPreset Ddr5Of4800 { get; } = new(
        "ddr5-4800",
        "DDR5-4800B, 16Gb x8 chips, the two channels of 32 bits of a module",
        "JEDEC JESD79-5, \"Speed Bin\" tables (4800B: 40-39-39; tRAS 32ns) and \"Timing Parameters\" "
            + "(tCCD_L 5ns, tCCD_L_WR2 10ns, tRRD_S 8nCK, tRRD_L 5ns, tFAW 32nCK, tWR 30ns, tWTR 2.5/"
            + "10ns, tRTP 7.5ns), \"Refresh\" (16Gb: tRFC1 295ns, tREFI 3.9us); CWL = CL - 2; tRTW = CL "
            + "+ 8 + 2 - CWL",
        s_ddr4 with
        {
            Channels = 2,
            Groups = 8,
            RowSizeBytes = 4 << 10,
            ClockHertz = 2_400_000_000,
            WidthBits = 32,
            BurstLength = 16,
            Timings = new DramTimings
            {
                Cl = 40,
                Cwl = 38,
                Rcd = 39,
                Rp = 39,
                Ras = 77,
                Rc = 116,
                CcdS = 8,
                CcdL = 12,
                CcdLWr = 24,
                RrdS = 8,
                RrdL = 12,
                Faw = 32,
                Wr = 72,
                WtrS = 6,
                WtrL = 24,
                Rtp = 18,
                Rtw = 12,
                Cs = 2,
                Refi = 9_360,
                Rfc = 708,
            },
        });

    public static DramPreset Hbm2 { get; } = new(
        "hbm2",
        "one stack of HBM2 at 2Gb/s a wire, eight channels of 128 bits",
        "structure: JEDEC JESD235 (eight channels of 128 bits, four groups of four banks, rows of "
            + "2KiB, wires of their own for row commands, burst of 4); its timings are the vendors': "
            + "those of gem5's public HBM_2000_4H_1x64; tRTW = CL + 2 + 2 - CWL",
        s_ddr4 with
        {
            Channels = 8,
            RowSizeBytes = 2 << 10,
            ClockHertz = 1_000_000_000,
            WidthBits = 128,
            BurstLength = 4,
            HasRowBus = true,
            Timings = new DramTimings
            {
                Cl = 18,
                Cwl = 7,
                Rcd = 12,
                Rp = 14,
                Ras = 28,
                Rc = 42,
                CcdS = 2,
                CcdL = 3,
                CcdLWr = 3,
                RrdS = 4,
                RrdL = 6,
                Faw = 16,
                Wr = 14,
                WtrS = 4,
                WtrL = 9,
                Rtp = 5,
                Rtw = 15,
                Cs = 1,
                Refi = 3_900,
                Rfc = 220,
            },
        });

    /// <summary>The first is what kind `banks` starts from.</summary>
    public static IReadOnlyList<DramPreset> All { get; } =
        [Ddr4Of3200, Ddr4Of2400, Ddr5Of4800, Hbm2];
}
