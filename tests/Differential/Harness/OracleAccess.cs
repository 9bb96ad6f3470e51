using Dilaton.Core;

namespace Dilaton.Tests.Differential;

/// <summary>One access of an executed instruction, by guest virtual address.</summary>
/// <param name="Iteration">The single step that made it, so that the iterations of a repeated
/// instruction can be told apart.</param>
internal readonly record struct OracleAccess(
    ulong Instruction,
    ulong Address,
    int SizeBytes,
    MemoryEventKind Kind,
    bool IsRepeated,
    int Iteration = 0)
{
    public override string ToString() => $"#{Instruction} {Kind} {Address:x}+{SizeBytes}";
}
