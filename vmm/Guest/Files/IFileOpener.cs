using System.Diagnostics.CodeAnalysis;

namespace Dilaton.Guest;

/// <summary>Files by guest path or descriptor, for the program loader, symbols and mmap.</summary>
internal interface IFileOpener
{
    /// <summary>Opens a regular file for reading, as the guest would see it (its root, its working
    /// folder, symbolic links followed). Takes no descriptor of the guest.</summary>
    /// <returns>0, or a positive <see cref="Errno"/>.</returns>
    int TryOpen(string path, [NotNullWhen(true)] out IMappableFile? file);

    /// <summary>A file in memory that has no name: what a shared anonymous mapping shows, to children
    /// too.</summary>
    /// <returns>0, or a positive <see cref="Errno"/>.</returns>
    int TryMakeMemoryFile(ulong lengthBytes, [NotNullWhen(true)] out IMappableFile? file);

    /// <summary>The file behind a descriptor of the guest.</summary>
    /// <returns>0, or a positive <see cref="Errno"/>: EBADF, EACCES if not open for reading, ENODEV
    /// if it can't be mapped.</returns>
    int TryGetMappableFile(int descriptor, [NotNullWhen(true)] out IMappableFile? file);
}
