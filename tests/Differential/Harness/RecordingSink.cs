using Dilaton.Core;

namespace Dilaton.Tests.Differential;

/// <summary>Keeps all records, with offsets made relative to the start of the case.</summary>
internal sealed class RecordingSink : IMemoryEventSink
{
    private ulong _fetchRecords;

    public List<AccessRecord> Records { get; } = [];

    public SuppressedHits Suppressed { get; private set; }

    public ulong UnitsBeforeSlice { get; set; }

    public Totals FetchTotals => new(_fetchRecords, Suppressed.Fetches);

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
            _fetchRecords += block.Kinds[i] == MemoryEventKind.Fetch ? 1UL : 0;
            Records.Add(new AccessRecord(
                block.Addresses[i], block.Sizes[i], block.Kinds[i],
                UnitsBeforeSlice + block.Offsets[i]));
        }

        Suppressed += block.Suppressed;
    }

    internal readonly record struct Totals(ulong Records, ulong Suppressed);
}
