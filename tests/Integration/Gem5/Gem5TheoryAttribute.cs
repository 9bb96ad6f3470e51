using Xunit;

namespace Dilaton.Tests.Integration.Gem5;

/// <summary>As <see cref="Gem5FactAttribute"/>, for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class Gem5TheoryAttribute : TheoryAttribute
{
    public Gem5TheoryAttribute() => Skip = Gem5Host.Missing();
}
