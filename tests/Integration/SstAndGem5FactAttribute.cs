using Dilaton.Tests.Integration.Gem5;
using Dilaton.Tests.Integration.Sst;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A test that runs both simulators; skipped with the reason where one is missing.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SstAndGem5FactAttribute : FactAttribute
{
    public SstAndGem5FactAttribute() => Skip = SstHost.Missing([]) ?? Gem5Host.Missing();
}
