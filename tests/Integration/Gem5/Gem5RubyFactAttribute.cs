using Xunit;

namespace Dilaton.Tests.Integration.Gem5;

/// <summary>A test that runs a gem5 with Ruby; skipped with the reason where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class Gem5RubyFactAttribute : FactAttribute
{
    public Gem5RubyFactAttribute() => Skip = Gem5Host.MissingRuby();
}
