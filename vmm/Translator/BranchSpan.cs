namespace Dilaton.Translator;

/// <summary>The branches of a path, in order: all go the way that the block follows but the last, if
/// it <paramref name="LeavesAtLast"/>.</summary>
/// <param name="Head">Address of the path's first instruction.</param>
internal readonly record struct BranchSpan(ulong Head, int First, int Count, bool LeavesAtLast);
