using Dilaton.Core;

namespace Dilaton.Tests.Differential;

/// <summary>One access of an executed instruction, by guest virtual address.</summary>
internal readonly record struct OracleAccess(
    ulong Instruction, ulong Address, int SizeBytes, MemoryEventKind Kind, bool IsRepeated)
{
    public override string ToString() => $"#{Instruction} {Kind} {Address:x}+{SizeBytes}";
}
