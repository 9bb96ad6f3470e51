using Dilaton.Core;

namespace Dilaton.Tests.Differential;

/// <summary>One memory record, with the cost units spent since the start of the case.</summary>
internal readonly record struct AccessRecord(
    ulong Physical, byte SizeBytes, MemoryEventKind Kind, ulong Units)
{
    public override string ToString() => $"{Kind} {Physical:x}+{SizeBytes} @{Units}";
}
