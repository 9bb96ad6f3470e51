using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>As <see cref="RequiresPeerFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresPeerTheoryAttribute : TheoryAttribute
{
    public RequiresPeerTheoryAttribute() => Skip = Requirement.Missing([PeerJob.Program]);
}
