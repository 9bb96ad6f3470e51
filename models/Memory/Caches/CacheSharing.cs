namespace Dilaton.Models.Memory;

/// <summary>How many vCPUs use one instance of a level.</summary>
public enum CacheSharing
{
    Private,

    /// <summary>One instance for all vCPUs of the node.</summary>
    Shared,
}
