namespace Dilaton.Guest;

/// <summary>How binding the address of a <see cref="MapRequest"/> is.</summary>
internal enum MapPlacement
{
    /// <summary>A hint.</summary>
    Anywhere,

    /// <summary>There, replacing what is there.</summary>
    Fixed,

    /// <summary>There, if it is free.</summary>
    FixedNoReplace,
}
