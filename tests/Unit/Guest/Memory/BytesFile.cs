using System.Diagnostics.CodeAnalysis;
using Dilaton.Guest;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Tests.Unit.Guest;

/// <summary>A file of a test: bytes, or a host file behind it.</summary>
internal sealed class BytesFile(string name, byte[] bytes, SafeFileHandle? host = null)
    : IMappableFile
{
    public string Name => name;

    public ulong DeviceId => 7;

    public ulong Inode => (ulong)name.Length;

    public long LengthBytes => bytes.Length;

    public bool IsWritable => host is not null;

    public int Read(long offset, Span<byte> destination)
    {
        if (offset >= bytes.Length)
        {
            return 0;
        }

        int length = (int)Math.Min(destination.Length, bytes.Length - offset);
        bytes.AsSpan((int)offset, length).CopyTo(destination);
        return length;
    }

    public bool TryGetHostDescriptor([NotNullWhen(true)] out SafeFileHandle? descriptor)
    {
        descriptor = host;
        return host is not null;
    }
}
