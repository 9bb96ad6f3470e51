namespace Dilaton.Tests.Integration;

/// <summary>A network stack beside ours, and a cable between the two: what processes in it see of us
/// is what comes through the cable.</summary>
internal sealed class NetworkStacks : IDisposable
{
    private static int s_count;

    // With the last letter at most the 15 characters that an interface's name may have.
    private readonly string _name =
        $"dl{Environment.ProcessId}x{Interlocked.Increment(ref s_count) % 1000}";

    /// <exception cref="InvalidOperationException">The host does not allow it.</exception>
    public NetworkStacks()
    {
        Ip("netns", "add", _name);
        try
        {
            Ip("link", "add", Here, "type", "veth", "peer", "name", There, "netns", _name);
            Ip("addr", "add", $"{AddressHere}/30", "dev", Here);
            Ip("link", "set", Here, "up");
            Ip("-n", _name, "addr", "add", $"{AddressThere}/30", "dev", There);
            Ip("-n", _name, "link", "set", There, "up");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string AddressHere { get; } = Address(1);

    public string AddressThere { get; } = Address(2);

    /// <summary>Starts something there.</summary>
    public string Launch => $"ip netns exec {_name} {{command}}";

    private string Here => $"{_name}a";

    private string There => $"{_name}b";

    public static bool CanMake()
    {
        try
        {
            new NetworkStacks().Dispose();
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Nothing passes any more, and nobody is told.</summary>
    public void Cut() => Ip("link", "set", Here, "down");

    /// <summary>The cable first: with the stack alone it goes some time later.</summary>
    public void Dispose()
    {
        Command.Run("ip", ["link", "del", Here]);
        Command.Run("ip", ["netns", "del", _name]);
    }

    // Of the block for documentation and tests between networks (RFC 2544), by our process id.
    private static string Address(int host) =>
        $"198.18.{Environment.ProcessId % 250}.{(Environment.ProcessId / 250 % 60 * 4) + host}";

    private static void Ip(params string[] arguments)
    {
        CommandResult result = Command.Run("ip", arguments);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {result.Error}");
        }
    }
}
