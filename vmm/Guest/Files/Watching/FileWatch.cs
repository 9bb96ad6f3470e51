namespace Dilaton.Guest;

/// <summary>That an inotify descriptor watches a file.</summary>
/// <param name="number">What it is known by to its program.</param>
internal sealed class FileWatch(InotifyFile owner, InodeRecord record, int number, uint mask)
{
    public const uint OnlyFolder = 0x0100_0000;
    public const uint DontFollow = 0x0200_0000;
    public const uint ExcludeUnlinked = 0x0400_0000;
    public const uint MaskCreate = 0x1000_0000;
    public const uint MaskAdd = 0x2000_0000;
    public const uint OneShot = 0x8000_0000;

    public InotifyFile Owner { get; } = owner;

    public InodeRecord Record { get; } = record;

    public int Number { get; } = number;

    /// <summary>Events and options.</summary>
    public uint Mask { get; set; } = mask;
}
