namespace Dilaton.Protocol;

/// <summary>The wire by the NetMQ package, in builds with <c>-p:UseNetMQ=true</c>: `tcp` to any
/// ZeroMQ, `inproc` among its own.</summary>
public static class NetMqTransport
{
#if USE_NETMQ
    public static bool IsBuilt => true;

    /// <summary>The worker's end.</summary>
    /// <exception cref="TransportException">The endpoint may not be used, or the host refuses.
    /// </exception>
    public static IMessageTransport Bind(string endpoint) => NetMqEndpoint.Bind(endpoint);

    /// <summary>A peer's end.</summary>
    /// <param name="name">Routing id, by which the worker knows this end.</param>
    /// <exception cref="TransportException">The endpoint may not be used, or the host refuses.
    /// </exception>
    public static IMessageTransport Dial(string endpoint, string name) =>
        NetMqConnection.Dial(endpoint, name);
#else
    public static bool IsBuilt => false;

    /// <exception cref="TransportException">Always.</exception>
    public static IMessageTransport Bind(string endpoint) => throw Missing(endpoint);

    /// <exception cref="TransportException">Always.</exception>
    public static IMessageTransport Dial(string endpoint, string name) => throw Missing(endpoint);

    private static TransportException Missing(string endpoint) => new(
        $"endpoint '{endpoint}': this build has no NetMQ; build with -p:UseNetMQ=true");
#endif
}
