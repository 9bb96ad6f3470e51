using Dilaton.Core;

namespace Dilaton.Tests.Kvm;

/// <summary>Keeps what an engine's detail windows saw.</summary>
internal sealed class RecordingSink : IDetailSink
{
    public List<(ulong Address, byte Size, MemoryEventKind Kind)> Records { get; } = [];

    public ulong Warmups { get; private set; }

    public ulong Measured { get; private set; }

    public ulong Fetches { get; private set; }

    public ulong Unseen { get; private set; }

    public ulong Units { get; private set; }

    /// <summary>Whether each was whole.</summary>
    public List<bool> Windows { get; } = [];

    public void Append(in MemoryEventBlock block, in DetailCount count)
    {
        for (int i = 0; i < block.Count; i++)
        {
            Records.Add((block.Addresses[i], block.Sizes[i], block.Kinds[i]));
            Fetches += block.Kinds[i] == MemoryEventKind.Fetch ? 1UL : 0;
        }

        Fetches += block.Suppressed.Fetches;
        Warmups += count.IsMeasured ? 0 : count.Instructions;
        Measured += count.IsMeasured ? count.Instructions : 0;
        Unseen += count.Unseen;
        Units += count.Units;
    }

    public void EndWindow(VcpuId vcpu, bool isWhole, long hostNanoseconds) => Windows.Add(isWhole);
}
