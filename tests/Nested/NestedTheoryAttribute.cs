using Xunit;

namespace Dilaton.Tests.Nested;

/// <summary>As <see cref="NestedFactAttribute"/>, for several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NestedTheoryAttribute : TheoryAttribute
{
    public NestedTheoryAttribute() => Skip = Requirement.SkipReason;
}
