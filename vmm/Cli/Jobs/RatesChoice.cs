namespace Dilaton.Cli;

/// <summary>What a resource's rates and delays are measured in.</summary>
internal enum RatesChoice
{
    /// <summary>The guest's time: it is what it says.</summary>
    Virtual,

    /// <summary>The time of the world that is dilated: rates grow by the TDF, delays shrink by it.
    /// </summary>
    Physical,
}
