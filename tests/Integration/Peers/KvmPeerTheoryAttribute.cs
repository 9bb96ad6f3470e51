using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A test of engine: kvm with our stand-alone peer, skipped with the reason where either is
/// missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KvmPeerTheoryAttribute : TheoryAttribute
{
    public KvmPeerTheoryAttribute() =>
        Skip = KvmFactAttribute.Missing ?? Requirement.Missing([PeerJob.Program]);
}
