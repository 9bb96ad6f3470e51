using System.Diagnostics.CodeAnalysis;
using Dilaton.Guest;

namespace Dilaton.Tests.Unit.Guest;

internal sealed class FakeFiles : Dictionary<string, byte[]>, IFileOpener
{
    private const int NoSuchFile = 2;
    private const int BadDescriptor = 9;

    public int TryOpen(string path, [NotNullWhen(true)] out IMappableFile? file)
    {
        file = TryGetValue(path, out byte[]? bytes) ? new BytesFile(path, bytes) : null;
        return file is null ? NoSuchFile : 0;
    }

    public int TryMakeMemoryFile(
        ulong lengthBytes, [NotNullWhen(true)] out IMappableFile? file)
    {
        file = null;
        return Errno.ENOMEM;
    }

    public int TryGetMappableFile(int descriptor, [NotNullWhen(true)] out IMappableFile? file)
    {
        file = null;
        return BadDescriptor;
    }
}
