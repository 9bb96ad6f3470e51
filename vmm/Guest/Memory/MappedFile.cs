namespace Dilaton.Guest;

/// <summary>Which file a memory area came from.</summary>
internal sealed record MappedFile(string Name, ulong DeviceId, ulong Inode, bool IsWritable)
{
    public static MappedFile Of(IMappableFile file) =>
        new(file.Name, file.DeviceId, file.Inode, file.IsWritable);
}
