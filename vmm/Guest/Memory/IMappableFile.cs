using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Guest;

/// <summary>An open file as the loader and mmap see it. It stays readable after the guest has
/// closed its descriptor: mmap takes what it needs within the call.</summary>
internal interface IMappableFile
{
    /// <summary>Guest path, for messages, symbols and <c>/proc/self/maps</c>.</summary>
    string Name { get; }

    ulong DeviceId { get; }

    /// <summary>With <see cref="DeviceId"/> tells which shared mappings show the same bytes.
    /// </summary>
    ulong Inode { get; }

    long LengthBytes { get; }

    /// <summary>Opened for writing: a shared mapping may be writable.</summary>
    bool IsWritable { get; }

    /// <summary>Guest-physical address at which the file lies, if it is a window; else null.
    /// </summary>
    ulong? WindowBase => null;

    /// <summary>Reads at an offset, without moving the file position.</summary>
    /// <returns>Bytes read; fewer than asked only at the end of the file.</returns>
    /// <exception cref="IOException">The host could not read.</exception>
    int Read(long offset, Span<byte> destination);

    /// <summary>The host file behind it, for MAP_SHARED, which must show writes both ways. Borrowed
    /// for the duration of the call: the file keeps it and disposes of it.</summary>
    /// <returns>False if there is none (a generated file): MAP_SHARED is ENODEV.</returns>
    bool TryGetHostDescriptor([NotNullWhen(true)] out SafeFileHandle? descriptor);
}
