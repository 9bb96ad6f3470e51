namespace Dilaton.Guest;

/// <summary>What a guest may do with a granted folder.</summary>
public enum FileAccessRight
{
    /// <summary>Every change is EROFS.</summary>
    ReadOnly,

    /// <summary>Changes go to the host folder.</summary>
    ReadWrite,
}
