namespace Dilaton.Models.Memory;

/// <summary>A named set of options for caches and memory.</summary>
/// <param name="Source">Where its figures come from.</param>
public sealed record MemoryPreset(
    string Name, string Summary, string Source, HierarchyOptions Caches, FlatDramOptions Dram);
