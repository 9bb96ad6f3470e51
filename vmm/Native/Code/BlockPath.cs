using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>One way through a block, from its head to its end or to a side exit: what a header in
/// the record buffer stands for.</summary>
public struct BlockPath
{
    public int FirstTemplate;
    public int TemplateCount;

    /// <summary>Captured values that follow the header.</summary>
    public int ValueCount;
    public uint Units;
    public uint Instructions;

    /// <summary>First and last line fetched, in bytes.</summary>
    public ulong FirstLine;
    public ulong LastLine;

    /// <summary>Fetch records, that of the first line included.</summary>
    public int Fetches;

    /// <summary>Accesses by kind, for the counts of suppressed hits; the loops read the four at once.
    /// </summary>
    public uint Loads;
    public uint Stores;
    public uint Modifies;
    public uint Atomics;

    public void CountAccess(MemoryEventKind kind)
    {
        switch (kind)
        {
            case MemoryEventKind.Load:
                Loads++;
                break;
            case MemoryEventKind.Store:
                Stores++;
                break;
            case MemoryEventKind.Modify:
                Modifies++;
                break;
            case MemoryEventKind.Atomic:
                Atomics++;
                break;
            case MemoryEventKind.Fetch:
                Fetches++;
                break;
        }
    }
}
