using Xunit;

namespace Dilaton.Tests.Integration.Protocol;

/// <summary>Skips, saying so, where the build has no NetMQ.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresNetMqFactAttribute : FactAttribute
{
    public RequiresNetMqFactAttribute() => Skip = Requirement.NetMq;
}
