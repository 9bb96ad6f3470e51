using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>As <see cref="RequiresFactAttribute"/>, for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequiresTheoryAttribute : TheoryAttribute
{
    public RequiresTheoryAttribute(params string[] files) => Skip = Requirement.Missing(files);
}
