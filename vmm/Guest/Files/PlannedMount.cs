namespace Dilaton.Guest;

/// <summary>A file system and the guest path at which it is to be seen.</summary>
/// <param name="CreateRoot">Makes its root folder from the folder above and its name there.</param>
internal sealed record PlannedMount(
    string Path,
    FileVolume Volume,
    Func<DirectoryInode, string, DirectoryInode> CreateRoot);
