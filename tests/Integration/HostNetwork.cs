namespace Dilaton.Tests.Integration;

/// <summary>A network namespace of a test's own.</summary>
internal static class HostNetwork
{
    public const string Unshare = "/usr/bin/unshare";

    private const string Set = "ip tuntap add tap0 mode tap && ip link set tap0 address 02:aa:bb:cc:dd:ee "
        + "&& ip addr add 10.77.0.1/24 dev tap0 && ip link set tap0 up && exec \"$@\"";

    public static IReadOnlyList<string> Options { get; } =
        Environment.IsPrivilegedProcess ? ["--net"] : ["--map-root-user", "--net"];

    /// <summary>Runs a program where 10.77.0.1 is a TAP device, tap0.</summary>
    public static CommandResult Run(string program, params IEnumerable<string> arguments) =>
        Command.Run(Unshare, [.. Options, "/bin/sh", "-c", Set, "sh", program, .. arguments]);
}
