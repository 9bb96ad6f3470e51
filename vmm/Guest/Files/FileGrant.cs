namespace Dilaton.Guest;

/// <summary>A host folder that the job shows to the guest.</summary>
/// <param name="HostPath">Absolute; links in it are followed once, when the node starts.</param>
/// <param name="GuestPath">Absolute; where the guest sees it.</param>
public sealed record FileGrant(string HostPath, string GuestPath, FileAccessRight Access);
