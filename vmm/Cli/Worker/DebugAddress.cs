using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Dilaton.Cli;

/// <summary>Where a debugger finds its guest: a TCP port of this host alone, or a socket file.</summary>
internal static class DebugAddress
{
    private const string UnixPrefix = "unix:";

    /// <returns>Null if it is neither `PORT` nor `unix:PATH`.</returns>
    public static EndPoint? TryParse(string text)
    {
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            string path = text[UnixPrefix.Length..];
            try
            {
                return path.Length > 0 ? new UnixDomainSocketEndPoint(Path.GetFullPath(path)) : null;
            }
            catch (ArgumentException)
            {
                // Longer than a socket's path may be.
                return null;
            }
        }

        return ushort.TryParse(
            text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? new IPEndPoint(IPAddress.Loopback, port)
            : null;
    }

    /// <summary>Deletes the socket's file, as a worker that is shut in can't.</summary>
    public static void Remove(string text)
    {
        if (TryParse(text) is UnixDomainSocketEndPoint path)
        {
            File.Delete(path.ToString());
        }
    }

    /// <summary>As GDB's `target remote` takes it.</summary>
    public static string TargetText(EndPoint address) => address.ToString()!;
}
