using Xunit;

namespace Dilaton.Tests.Laws.Memory;

/// <summary>As <see cref="NeedsToolsFactAttribute"/>, for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsToolsTheoryAttribute : TheoryAttribute
{
    public NeedsToolsTheoryAttribute(params string[] tools) =>
        Skip = NeedsToolsFactAttribute.Missing(tools);
}
