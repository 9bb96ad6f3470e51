namespace Dilaton.Guest;

/// <summary>Which file a memory area came from.</summary>
/// <param name="WindowBase">As in <see cref="IMappableFile"/>.</param>
internal sealed record MappedFile(
    string Name, ulong DeviceId, ulong Inode, bool IsWritable, ulong? WindowBase = null)
{
    public static MappedFile Of(IMappableFile file) =>
        new(file.Name, file.DeviceId, file.Inode, file.IsWritable, file.WindowBase);
}
