using Xunit;

namespace Dilaton.Tests.Integration.Network;

/// <summary>A test against Linux's own network stack: needs the right to make a network namespace
/// and a TAP device in it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresTapFactAttribute : FactAttribute
{
    public const string Ip = "/usr/sbin/ip";
    private const string Unshare = "/usr/bin/unshare";

    private static readonly Lazy<string?> s_missing = new(Find);

    public RequiresTapFactAttribute() => Skip = s_missing.Value;

    private static string? Find()
    {
        if (Requirement.Missing(["/dev/net/tun", Ip, Unshare]) is { } missing)
        {
            return missing;
        }

        CommandResult tried = Command.Run(
            Unshare, ["-n", Ip, "tuntap", "add", "dev", "tap0", "mode", "tap"], new());
        return tried.ExitCode == 0
            ? null
            : $"may not make a TAP device in a network namespace: {tried.Error.Trim()}";
    }
}
