using Iced.Intel;

namespace Dilaton.Kvm;

/// <summary>What a detail window must know of an instruction.</summary>
/// <param name="Code">Its bytes.</param>
/// <param name="Accesses">What it reads comes before what it writes.</param>
internal sealed record StepInstruction(
    StepKind Kind, Instruction Decoded, byte[] Code, StepAccess[] Accesses);
