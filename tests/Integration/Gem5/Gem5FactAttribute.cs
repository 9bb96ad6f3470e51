using Xunit;

namespace Dilaton.Tests.Integration.Gem5;

/// <summary>A test that runs gem5; skipped with the reason where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class Gem5FactAttribute : FactAttribute
{
    public Gem5FactAttribute() => Skip = Gem5Host.Missing();
}
