namespace Dilaton.Cli;

/// <summary>The laws, as docs/validation.md has them.</summary>
internal static class Laws
{
    public static IReadOnlyList<Law> All { get; } =
    [
        new(1, "instructions", "N instructions take N x CPI / f, in whole picoseconds",
            "definition of CPI", InstructionLaw.Measure),
        new(2, "staircase", "a chase takes each level's latency up to its size, to the cycle",
            "L. McVoy, C. Staelin, lmbench, USENIX 1996", StaircaseLaw.Measure),
        new(3, "memory", "latency + waiting; rows: hit CL + burst, miss + RCD, conflict + RP + RCD",
            "JEDEC JESD79-4, JESD79-5, JESD235", MemoryLaw.Measure),
        new(4, "packets", "t + size / bandwidth + latency, k hops k times; LogGP",
            "A. Alexandrov et al., SPAA 1995", PacketLaw.Measure),
        new(5, "dilation", "rate x TDF, delay / TDF; TDF 1 changes nothing; physical / TDF restores",
            "D. Gupta et al., NSDI 2006 and 2008", DilationLaw.Measure),
        new(6, "STREAM", "under the wire rate of the memory, and 65 to 80 % of it",
            "J. McCalpin, STREAM, 1995", StreamLaw.Measure),
        new(7, "queues and TCP", "M/D/1, Little; TCP = min(link, window / RTT), Mathis, fair shares",
            "Pollaczek, Khinchine; Little 1961; Mathis et al. 1997", QueueLaw.Measure),
        new(8, "same bytes", "V = executed + stall + kernel + waiting; same job, same bytes",
            "docs/time.md, 1 and 7", RepeatLaw.Measure),
        new(9, "hits and misses", "as cachegrind counts them, to the last one",
            "Valgrind manual, \"Cachegrind\"", CachegrindLaw.Measure),
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
