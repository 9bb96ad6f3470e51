namespace Dilaton.Core;

/// <summary>Guest pages in a row that are alike; start and end are page addresses, end exclusive.
/// </summary>
public readonly record struct GuestPageRun(
    ulong Start, ulong End, bool MayRead, bool MayWrite, bool MayExecute);
