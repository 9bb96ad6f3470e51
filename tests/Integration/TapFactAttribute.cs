using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A test of engine: kvm that makes a network namespace with a TAP device in it; skipped with the reason where
/// that can't be.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TapFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> s_can = new(() => Command.Run(
        HostNetwork.Unshare,
        [.. HostNetwork.Options, "/usr/sbin/ip", "tuntap", "add", "tap0", "mode", "tap"]).ExitCode == 0);

    public TapFactAttribute() => Skip = KvmFactAttribute.Missing
        ?? Requirement.Missing([HostNetwork.Unshare, "/usr/sbin/ip", "/dev/net/tun"])
        ?? (s_can.Value ? null : "needs the right to make a network namespace with a TAP device in it");
}
