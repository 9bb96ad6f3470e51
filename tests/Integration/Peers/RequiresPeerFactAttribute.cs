using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A test that needs our stand-alone peer, which `./test` builds where cmake, libzmq and
/// protobuf are; skipped with the reason elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresPeerFactAttribute : FactAttribute
{
    public RequiresPeerFactAttribute() => Skip = Requirement.Missing([PeerJob.Program]);
}
