using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Guest;

/// <summary>A segment of System V shared memory: a file in memory that is mapped shared.</summary>
internal sealed class SharedSegment : IpcObject
{
    public required IMappableFile File { get; init; }

    public required ulong SizeBytes { get; init; }

    public required int CreatorId { get; init; }

    public int LastProcessId { get; set; }

    public long AttachSeconds { get; set; }

    public long DetachSeconds { get; set; }

    /// <summary>Goes with its last attachment.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>As one attachment maps it.</summary>
    public IMappableFile View(bool isWritable) => new Attachment(File, $"/SYSV{Key:x8} (deleted)", isWritable);

    private sealed class Attachment(IMappableFile file, string name, bool isWritable) : IMappableFile
    {
        public string Name => name;

        public ulong DeviceId => file.DeviceId;

        public ulong Inode => file.Inode;

        public long LengthBytes => file.LengthBytes;

        public bool IsWritable => isWritable;

        public int Read(long offset, Span<byte> destination) => file.Read(offset, destination);

        public bool TryGetHostDescriptor([NotNullWhen(true)] out SafeFileHandle? descriptor) =>
            file.TryGetHostDescriptor(out descriptor);
    }
}
