namespace Dilaton.Core;

/// <summary>What decides where a branch goes.</summary>
public enum BranchKind : byte
{
    /// <summary>The flags.</summary>
    Conditional,

    /// <summary>Nothing: a direct call, which is told for the return that belongs to it.</summary>
    Call,

    /// <summary>A register or memory.</summary>
    IndirectCall,
    IndirectJump,

    /// <summary>The address on the stack.</summary>
    Return,
}
