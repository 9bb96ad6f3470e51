using Xunit;

namespace Dilaton.Tests.Nested;

/// <summary>A test on the nested bed; skipped with the reason where it can't be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NestedFactAttribute : FactAttribute
{
    public NestedFactAttribute() => Skip = Requirement.SkipReason;
}
