using Dilaton.Core;

namespace Dilaton.Tests.Differential;

/// <summary>Keeps all records, with offsets made relative to the start of the case.</summary>
internal sealed class RecordingSink : IMemoryEventSink
{
    public List<AccessRecord> Records { get; } = [];

    public SuppressedHits Suppressed { get; private set; }

    public ulong UnitsBeforeSlice { get; set; }

    public void Clear()
    {
        Records.Clear();
        Suppressed = default;
        UnitsBeforeSlice = 0;
    }

    public void Append(in MemoryEventBlock block)
    {
        for (int i = 0; i < block.Count; i++)
        {
            Records.Add(new AccessRecord(
                block.Addresses[i], block.Sizes[i], block.Kinds[i],
                UnitsBeforeSlice + block.Offsets[i]));
        }

        Suppressed += block.Suppressed;
    }
}
