namespace Dilaton.Models.Memory;

/// <summary>What an access found in its bank.</summary>
internal enum RowOutcome
{
    /// <summary>Its row was open.</summary>
    Hit,

    /// <summary>No row was open.</summary>
    Miss,

    /// <summary>Another row was open and had to be closed.</summary>
    Conflict,
}
