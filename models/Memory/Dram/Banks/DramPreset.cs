namespace Dilaton.Models.Memory;

/// <summary>A named memory with banks.</summary>
/// <param name="Source">Where its figures come from.</param>
public sealed record DramPreset(string Name, string Summary, string Source, BankedDramOptions Options);
