using Xunit;

namespace Dilaton.Tests.Integration.Protocol;

/// <summary>As <see cref="RequiresNetMqFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresNetMqTheoryAttribute : TheoryAttribute
{
    public RequiresNetMqTheoryAttribute() => Skip = Requirement.NetMq;
}
