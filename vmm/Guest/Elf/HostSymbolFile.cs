using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Guest;

/// <summary>A file of the host with symbols, which the guest knows nothing of.</summary>
internal sealed class HostSymbolFile(string path) : IMappableFile
{
    private readonly byte[] _bytes = File.ReadAllBytes(path);

    public string Name => path;

    public ulong DeviceId => 0;

    public ulong Inode => 0;

    public long LengthBytes => _bytes.Length;

    public bool IsWritable => false;

    public int Read(long offset, Span<byte> destination)
    {
        int count = (int)Math.Clamp(_bytes.Length - offset, 0, destination.Length);
        _bytes.AsSpan((int)Math.Min(offset, _bytes.Length), count).CopyTo(destination);
        return count;
    }

    public bool TryGetHostDescriptor([NotNullWhen(true)] out SafeFileHandle? descriptor)
    {
        descriptor = null;
        return false;
    }
}
