namespace Dilaton.Translator;

/// <summary>The branches of a path, in order: all go the way that the block follows but the last, if
/// it <paramref name="LeavesAtLast"/>.</summary>
internal readonly record struct BranchSpan(int First, int Count, bool LeavesAtLast);
