using System.Globalization;

namespace Dilaton.Protocol;

/// <summary>Which endpoints may be bound or dialled: those that stay on this host.</summary>
public static class EndpointAddress
{
    // A socket's path has 108 bytes in the kernel, its closing zero included.
    private const int PathBytesMax = 107;
    private const string Ipc = "ipc://";
    private const string Tcp = "tcp://127.0.0.1:";
    private const string Inproc = "inproc://";

    /// <exception cref="TransportException">It is not one that may be used, and why.</exception>
    public static void Require(string endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (Refusal(endpoint) is string why)
        {
            throw new TransportException($"endpoint '{endpoint}': {why}");
        }
    }

    private static string? Refusal(string endpoint)
    {
        if (endpoint.StartsWith(Ipc, StringComparison.Ordinal))
        {
            return RefusalOfPath(endpoint[Ipc.Length..]);
        }

        if (endpoint.StartsWith(Tcp, StringComparison.Ordinal))
        {
            string port = endpoint[Tcp.Length..];
            return port == "*"
                || ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                ? null
                : "expected a port from 0 to 65535, or *";
        }

        if (endpoint.StartsWith(Inproc, StringComparison.Ordinal))
        {
            return endpoint.Length > Inproc.Length ? null : "expected a name";
        }

        return endpoint.StartsWith("tcp://", StringComparison.Ordinal)
            ? "only tcp://127.0.0.1 is allowed: the wire is neither encrypted nor authenticated"
            : "expected ipc:// and a path, or tcp://127.0.0.1: and a port";
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
