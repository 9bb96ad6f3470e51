using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A test that makes a network stack of its own; skipped where that is not allowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NetworkStacksFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> s_can = new(NetworkStacks.CanMake);

    public NetworkStacksFactAttribute() =>
        Skip = s_can.Value ? null : "needs the right to make a network namespace (ip netns add)";
}
