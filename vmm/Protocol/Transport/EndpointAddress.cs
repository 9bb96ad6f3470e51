using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Dilaton.Protocol;

/// <summary>Which endpoints may be bound or dialled: those that stay on this host, and with a job's
/// keys any address of IPv4.</summary>
public static class EndpointAddress
{
    // A socket's path has 108 bytes in the kernel, its closing zero included.
    private const int PathBytesMax = 107;
    private const string Ipc = "ipc://";
    private const string Tcp = "tcp://";
    private const string Loopback = "127.0.0.1";
    private const string Inproc = "inproc://";

    /// <param name="hasKeys">What goes over it is encrypted, and both ends have shown who they are.
    /// </param>
    /// <exception cref="TransportException">It is not one that may be used, and why.</exception>
    public static void Require(string endpoint, bool hasKeys = false)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (Refusal(endpoint, hasKeys) is string why)
        {
            throw new TransportException($"endpoint '{endpoint}': {why}");
        }
    }

    public static bool IsTcp(string endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return endpoint.StartsWith(Tcp, StringComparison.Ordinal);
    }

    /// <summary>Any port that is free, which is known once it is bound.</summary>
    public static bool HasOpenPort(string endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return IsTcp(endpoint) && endpoint.EndsWith(":*", StringComparison.Ordinal);
    }

    private static string? Refusal(string endpoint, bool hasKeys)
    {
        if (endpoint.StartsWith(Ipc, StringComparison.Ordinal))
        {
            return RefusalOfPath(endpoint[Ipc.Length..]);
        }

        if (endpoint.StartsWith(Tcp, StringComparison.Ordinal))
        {
            return RefusalOfAddress(endpoint[Tcp.Length..], hasKeys);
        }

        if (endpoint.StartsWith(Inproc, StringComparison.Ordinal))
        {
            return endpoint.Length > Inproc.Length ? null : "expected a name";
        }

        return "expected ipc:// and a path, or tcp://127.0.0.1: and a port";
    }

    private static string? RefusalOfAddress(string text, bool hasKeys)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string address = colon < 0 ? text : text[..colon];
        string port = colon < 0 ? "" : text[(colon + 1)..];
        if (!hasKeys && address != Loopback)
        {
            return "only tcp://127.0.0.1 is allowed: without a job's keys the wire is neither "
                + "encrypted nor authenticated";
        }

        if (!IPAddress.TryParse(address, out IPAddress? ip)
            || ip.AddressFamily != AddressFamily.InterNetwork || ip.ToString() != address)
        {
            return "expected an address of IPv4, in numbers";
        }

        return port == "*"
            || ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? null
            : "expected a port from 0 to 65535, or *";
    }

    private static string? RefusalOfPath(string path)
    {
        if (!path.StartsWith('/'))
        {
            return "expected an absolute path";
        }

        int bytes = System.Text.Encoding.UTF8.GetByteCount(path);
        return bytes <= PathBytesMax
            ? null
            : $"the path has {bytes} bytes, a socket's may have {PathBytesMax}";
    }
}
