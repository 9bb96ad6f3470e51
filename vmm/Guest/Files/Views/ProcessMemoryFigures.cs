namespace Dilaton.Guest;

/// <summary>A process's use of memory for <c>/proc/PID/status</c> and <c>statm</c>, in bytes.
/// </summary>
internal readonly record struct ProcessMemoryFigures(
    ulong VirtualBytes, ulong ResidentBytes, ulong CodeBytes, ulong DataBytes, ulong StackBytes);
