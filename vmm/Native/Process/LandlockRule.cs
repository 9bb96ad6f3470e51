namespace Dilaton.Native;

/// <summary>A file, or a folder with all below it, and what may be done there.</summary>
public readonly record struct LandlockRule(string Path, LandlockAccess Access);
