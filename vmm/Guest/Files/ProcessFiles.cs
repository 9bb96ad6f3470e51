using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>What a process has of the file system: descriptors, working folder, umask.</summary>
internal sealed class ProcessFiles(
    FileDescriptorTable descriptors, DirectoryInode workingDirectory, uint umask)
{
    public FileDescriptorTable Descriptors { get; } = descriptors;

    public DirectoryInode WorkingDirectory { get; set; } = workingDirectory;

    public uint Umask { get; set; } = umask;

    /// <summary>RLIMIT_FSIZE in bytes.</summary>
    public ulong FileSizeMax { get; set; } = ResourceLimits.Infinity;

    /// <summary>Gives a new open file a descriptor, or closes it if there is none.</summary>
    /// <param name="openFlags">As of open(2): O_CLOEXEC counts.</param>
    public long AddFile(OpenFile file, int openFlags)
    {
        file.AddReference();
        int descriptor = Descriptors.Add(file, (openFlags & HostOpen.CloseOnExec) != 0);
        file.Release();
        return descriptor;
    }

    public ProcessFiles Fork() => new(Descriptors.Fork(), WorkingDirectory, Umask);
}
