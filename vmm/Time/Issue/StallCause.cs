namespace Dilaton.Time;

/// <summary>What a core stood still for.</summary>
public enum StallCause
{
    /// <summary>An answer from behind the cut.</summary>
    Memory,

    /// <summary>An instruction fetch, whoever answered it.</summary>
    Fetch,

    /// <summary>Data that the second level had.</summary>
    Second,

    /// <summary>Data that the third level or another core had.</summary>
    Third,

    /// <summary>Room in the store buffer.</summary>
    StoreBuffer,

    /// <summary>A mispredicted branch: until it is resolved and the front end is full again.</summary>
    Branch,

    /// <summary>Translation of a data address.</summary>
    Tlb,
}
