namespace Dilaton.Translator;

/// <summary>The three kinds of translation.</summary>
internal enum BlockMode : byte
{
    /// <summary>Superblocks, with accounting once per block.</summary>
    Fast,

    /// <summary>One instruction per block, stopping at the exact boundary.</summary>
    Step,

    /// <summary>One instruction without accounting or records, then out.</summary>
    Bare,
}
