using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Guest;

/// <summary>Standard input from a host descriptor, such as our own.</summary>
public sealed class HostInput(SafeFileHandle handle) : IGuestInput
{
    /// <summary>This process's standard input.</summary>
    public static HostInput FromStandardInput() => new(new SafeFileHandle(0, ownsHandle: false));

    public int Read(Span<byte> destination)
    {
        int count = HostFiles.Read(handle, destination);
        return count >= 0
            ? count
            : throw new IOException($"read of standard input failed (errno {-count})");
    }
}
