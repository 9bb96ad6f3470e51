using Dilaton.Native;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Cli;

/// <summary>Where a guest's bytes leave it: files, and descriptors of our own.</summary>
internal static class HostOutput
{
    /// <summary>EAGAIN.</summary>
    private const int TryAgain = 11;

    /// <summary>Empty, with its folder.</summary>
    public static SafeFileHandle Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Writes all of it, however long that takes the host: no result depends on it.</summary>
    /// <returns>False if nobody reads it any more, or the disk is full.</returns>
    public static bool TryWrite(SafeFileHandle handle, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int written = HostFiles.Write(handle, bytes);
            if (written > 0)
            {
                bytes = bytes[written..];
            }
            else if (written == -TryAgain)
            {
                // Somebody else made our terminal or pipe non-blocking.
                HostPoll.WaitWritable(handle);
            }
            else
            {
                return false;
            }
        }

        return true;
    }
}
