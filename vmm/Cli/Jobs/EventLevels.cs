using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>What an event level means for the parts of a node.</summary>
internal static class EventLevels
{
    /// <summary>Accesses are reported, and memory is simulated if there is any.</summary>
    public static bool HasRecords(this MemoryEventLevel level) =>
        level is MemoryEventLevel.Filtered or MemoryEventLevel.Full;

    /// <summary>What the engine is told: windows leave it at every level.</summary>
    public static MemoryEventLevel OfEngine(this MemoryEventLevel level) =>
        level == MemoryEventLevel.Window ? MemoryEventLevel.Off : level;
}
