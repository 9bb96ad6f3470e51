using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>What `dilaton models` says of address translation.</summary>
internal static class TlbDescription
{
    public static ModelDescription Describe()
    {
        string entries = $"a power of two times the ways, up to {TlbOptions.EntriesMax}";
        string ways = $"1..{CacheOptions.WaysMax}";
        return new ModelDescription(
            "tlb",
            "translation look-aside buffers for 4 KiB pages, LRU, per vCPU, and walks of a page table of four "
                + "levels through the caches; off unless memory.tlb is given",
            "sizes: Intel 64 and IA-32 Architectures Optimization Reference Manual, \"Skylake Client "
                + "Microarchitecture\", TLB parameters, and its 7 cycles of a second-level hit; walk cache: T. W. "
                + "Barr, A. L. Cox, S. Rixner, Translation Caching: Skip, Don't Walk (the Page Table) (ISCA 2010)",
            [
                new("tlb.itlbEntries", "", "128", entries, "first level, instructions"),
                new("tlb.itlbWays", "", "8", ways, "entries of a set"),
                new("tlb.dtlbEntries", "", "64", entries, "first level, data"),
                new("tlb.dtlbWays", "", "4", ways, "entries of a set"),
                new("tlb.stlbEntries", "", "1536", $"0, or {entries}", "second level, of both; 0: none"),
                new("tlb.stlbWays", "", "12", ways, "entries of a set"),
                new("tlb.stlbLatency", "cycles", "7cycles", $"0cycles..{TranslationOptions.SecondCyclesMax}cycles",
                    "of a look into the second level"),
                new("tlb.walkCache", "", "32", $"0..{TranslationOptions.WalkCacheEntriesMax}",
                    "entries kept of each upper level of the page table"),
            ],
            [
                "pages are told apart by their frames: a page mapped twice has one entry, and unmapping drops none",
                "the page table lies behind all memory, as if virtual pages were in the order of their frames",
                "software prefetches, flushes and the kernel's copies need no translation",
                "one walk at a time, and the core waits for it",
            ]);
    }
}
