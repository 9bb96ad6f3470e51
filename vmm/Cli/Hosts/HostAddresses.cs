using System.Net;
using System.Net.Sockets;

namespace Dilaton.Cli;

/// <summary>Where the hosts of a job are, in numbers.</summary>
internal static class HostAddresses
{
    /// <exception cref="HostException">A name stands for no address.</exception>
    public static string Of(HostJob host, int index)
    {
        string text = host.Address ?? host.Name;
        try
        {
            if (Array.Find(
                Dns.GetHostAddresses(text), ip => ip.AddressFamily == AddressFamily.InterNetwork)
                is { } found)
            {
                return found.ToString();
            }
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // Told below.
        }

        throw new HostException(
            DiagnosticCode.HostAddress,
            $"hosts[{index}].{(host.Address is null ? "name" : "address")}: '{text}' stands for no "
                + "address of IPv4",
            "give address: such as 10.0.0.2");
    }
}
