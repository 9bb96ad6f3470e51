namespace Dilaton.Translator;

/// <summary>What the translator does with a guest instruction.</summary>
internal enum InstructionRole : byte
{
    /// <summary>Copied or rewritten in place.</summary>
    Plain,

    /// <summary>A direct jump that the block follows: no code.</summary>
    Jump,

    /// <summary>A conditional branch; one way is followed, the other is a side exit.</summary>
    Conditional,

    /// <summary>A direct call that the block follows.</summary>
    InlinedCall,

    /// <summary>A return that is followed to its inlined call, with a check.</summary>
    CheckedReturn,

    /// <summary>An indirect jump that is followed to where its memory operand leads at translation,
    /// with a check.</summary>
    CheckedJump,

    // The rest end a block.
    CountedBranch,
    Call,
    Return,
    IndirectJump,
    IndirectCall,

    /// <summary>Executes, is counted, then leaves to the caller or to the engine.</summary>
    Exit,

    /// <summary>Not executed by the block: a fault, or done by the engine in its own code.
    /// </summary>
    Helper,
}
