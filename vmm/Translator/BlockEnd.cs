namespace Dilaton.Translator;

/// <summary>How control leaves a block at its end.</summary>
internal enum BlockEnd : byte
{
    /// <summary>On to <see cref="BlockPlan.LinkRip"/>.</summary>
    Link,

    /// <summary>Back to the head.</summary>
    Loop,

    /// <summary>As the last instruction's role says.</summary>
    Terminator,

    /// <summary>The block is empty: the engine does the instruction at the head.</summary>
    Helper,
}
