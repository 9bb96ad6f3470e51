using Dilaton.Core;

namespace Dilaton.Translator;

/// <summary>The translations of all processes that report at one level, at one cost. Kept while another
/// level is in force, so that coming back to this one costs nothing. vCPUs of cores that are not alike have
/// others.</summary>
internal sealed class LevelTranslations(MemoryEventLevel level, CoreCost cost) : IDisposable
{
    public MemoryEventLevel Level { get; private set; } = level;

    public CoreCost Cost { get; private set; } = cost;

    public Dictionary<IGuestAddressSpace, ProcessTranslation> Processes { get; } =
        new(ReferenceEqualityComparer.Instance);

    /// <summary>When the process that no vCPU has entered for longest was entered. There is one.
    /// </summary>
    public ulong LeastEntry => Processes.Values.Min(process => process.LastEntry);

    public bool Is(MemoryEventLevel level, CoreCost cost) => level == Level && cost == Cost;

    /// <summary>Reports and costs something else from now on; what was translated is dropped.</summary>
    public void Configure(MemoryEventLevel level, CoreCost cost)
    {
        (Level, Cost) = (level, cost);
        foreach (ProcessTranslation process in Processes.Values)
        {
            process.Configure(level, cost);
        }
    }

    public void RemoveDropped()
    {
        foreach (IGuestAddressSpace ended in
            Processes.Where(p => p.Value.IsDropped).Select(p => p.Key).ToArray())
        {
            Processes.Remove(ended);
        }
    }

    public void DropOldest()
    {
        (IGuestAddressSpace space, ProcessTranslation oldest) = Processes.MinBy(p => p.Value.LastEntry);
        oldest.Dispose();
        Processes.Remove(space);
    }

    public void Dispose()
    {
        foreach (ProcessTranslation process in Processes.Values)
        {
            process.Dispose();
        }
    }
}
