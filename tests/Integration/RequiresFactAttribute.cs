using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A test that needs files of the distribution; skipped with the reason where one is
/// missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresFactAttribute : FactAttribute
{
    public RequiresFactAttribute(params string[] files) => Skip = Requirement.Missing(files);
}
