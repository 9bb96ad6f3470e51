namespace Dilaton.Guest;

/// <summary>What a process has of the file system: descriptors, working folder, umask.</summary>
internal sealed class ProcessFiles(
    FileDescriptorTable descriptors, DirectoryInode workingDirectory, uint umask)
{
    public FileDescriptorTable Descriptors { get; } = descriptors;

    public DirectoryInode WorkingDirectory { get; set; } = workingDirectory;

    public uint Umask { get; set; } = umask;

    public ProcessFiles Fork() => new(Descriptors.Fork(), WorkingDirectory, Umask);
}
