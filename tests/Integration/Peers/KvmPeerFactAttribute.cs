using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>As <see cref="KvmPeerTheoryAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KvmPeerFactAttribute : FactAttribute
{
    public KvmPeerFactAttribute() =>
        Skip = KvmFactAttribute.Missing ?? Requirement.Missing([PeerJob.Program]);
}
