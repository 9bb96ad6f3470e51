namespace Dilaton.Cli;

/// <summary>The laws, as docs/validation.md has them.</summary>
internal static class Laws
{
    public static IReadOnlyList<Law> All { get; } =
    [
        new(1, "instructions", "N instructions take N x CPI / f, in whole picoseconds",
            "definition of CPI", InstructionLaw.Measure)
        {
            ClosedForm = "t = floor(N c 10^12 / f) ps, of N instructions at c cycles each and f Hz",
            Allowance = "none: time is a whole number of picoseconds, rounded down once",
        },
        new(2, "staircase", "a chase takes each level's latency up to its size, to the cycle",
            "L. McVoy, C. Staelin, lmbench, USENIX 1996", StaircaseLaw.Measure)
        {
            ClosedForm = "cycles of a load = latency of the level that holds the ring; of memory: the last cache's "
                + "+ ceil(latency f)",
            Allowance = "none: a hit takes whole cycles, and memory the cycles that cover it",
        },
        new(3, "memory", "latency + waiting; rows: hit CL + burst, miss + RCD, conflict + RP + RCD",
            "JEDEC JESD79-4, JESD79-5, JESD235", MemoryLaw.Measure)
        {
            ClosedForm = "t(i) = latency + ceil(i line / bandwidth); CL + BL/2, RCD + CL + BL/2, RP + RCD + CL + "
                + "BL/2 clocks; a hit behind an older conflict: 1 + CL + BL/2 (no 1 where rows have wires of their "
                + "own); waiting writes of two rows of a bank open 2; RFC / REFI",
            Allowance = "none: requests come at clock edges, and one clock is as many picoseconds as 10^12 / f, "
                + "rounded up once; of the share 10^-9 for its division",
        },
        new(4, "packets", "t + size / bandwidth + latency, k hops k times; LogGP",
            "A. Alexandrov et al., SPAA 1995", PacketLaw.Measure)
        {
            ClosedForm = "t = k (ceil(8 size 10^12 / bandwidth) + latency) + (k - 1) forwarding; RTT(m) / 2 = o_s "
                + "+ L + (m - 1) G + o_r",
            Allowance = "none for packets; 1 % for the fit: guests' own instructions stand between the clock and "
                + "the send",
        },
        new(5, "dilation", "rate x TDF, delay / TDF; TDF 1 changes nothing; physical / TDF restores",
            "D. Gupta et al., NSDI 2006 and 2008", DilationLaw.Measure)
        {
            ClosedForm = "rate = TDF x physical; delay = physical / TDF; bytes(physical / TDF, TDF) = "
                + "bytes(physical, 1)",
            Allowance = "2 %: what starts and ends a transfer or a program is not dilated (DieCast's own bar is 6 "
                + "%); none where bytes are compared",
        },
        new(6, "STREAM", "under the wire rate of the memory, and 65 to 80 % of it",
            "J. McCalpin, STREAM, 1995", StreamLaw.Measure)
        {
            ClosedForm = "share = lines x 64 B / (time x 2 clock x width x channels)",
            Allowance = "65 to 80 %: what DDR4 and LPDDR4 controllers reach (TI SPRACV1B, SPRAD45A); 10 % of "
                + "twice for channels: the last requests of each find less company",
        },
        new(7, "queues and TCP", "M/D/1, Little; TCP = min(link, window / RTT), Mathis, fair shares",
            "Pollaczek, Khinchine; Little 1961; Mathis et al. 1997", QueueLaw.Measure)
        {
            ClosedForm = "W = rho s / (2 (1 - rho)); frames x time = sum of waits; min(link, window / RTT); MSS / "
                + "RTT x 1.31 / sqrt(p)",
            Allowance = "M/D/1: the confidence interval of 99.9 % of 40 batch means; Little: 1 ps for sums; TCP: "
                + "5 %, what delayed acknowledgments and whole segments leave open",
        },
        new(8, "same bytes", "V = executed + stall + kernel + waiting; same job, same bytes",
            "docs/time.md, 1 and 7", RepeatLaw.Measure)
        {
            ClosedForm = "V = executed + stall + kernel + waiting; results(job) = results(job)",
            Allowance = "none: counts of picoseconds, and bytes",
        },
        new(9, "hits and misses", "as cachegrind counts them, to the last one",
            "Valgrind manual, \"Cachegrind\"", CachegrindLaw.Measure)
        {
            ClosedForm = "Ir, I1mr, ILmr, Dr, D1mr, DLmr, Dw, D1mw, DLmw of the same program and caches",
            Allowance = "none: both count the same events of the same addresses",
        },
    ];

    /// <summary>The first is the standard.</summary>
    public static IReadOnlyList<LawSet> Engines { get; } =
    [
        new("translator", "executed", All, NeedsHost: false),
        new("kvm", "dilated", KvmLaws.All, NeedsHost: true),
    ];

    public static LawSet Of(string? engine) =>
        Engines.FirstOrDefault(set => set.Engine == engine) ?? Engines[0];
}
