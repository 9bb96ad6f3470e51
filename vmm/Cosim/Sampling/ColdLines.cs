using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Finds the lines of a block that its window has not accessed before.</summary>
internal sealed class ColdLines(int lineSizeBytes)
{
    private readonly ulong _mask = ~((ulong)lineSizeBytes - 1);

    /// <summary>Of the last block; whoever has dealt with one removes it.</summary>
    public HashSet<ulong> Lines { get; } = [];

    /// <summary>How many of them a load or store was the first to access.</summary>
    public int DataLines { get; private set; }

    /// <param name="seen">Takes the block's lines.</param>
    public void Look(in MemoryEventBlock block, HashSet<ulong> seen)
    {
        Lines.Clear();
        DataLines = 0;
        for (int i = 0; i < block.Count; i++)
        {
            if (block.Kinds[i] is MemoryEventKind.Prefetch or MemoryEventKind.Flush)
            {
                continue;
            }

            ulong last = (block.Addresses[i] + Math.Max(block.Sizes[i], (byte)1) - 1) & _mask;
            for (ulong line = block.Addresses[i] & _mask; line <= last; line = checked(line + (~_mask + 1)))
            {
                if (seen.Add(line))
                {
                    Lines.Add(line);
                    DataLines += block.Kinds[i] == MemoryEventKind.Fetch ? 0 : 1;
                }
            }
        }
    }
}
