using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>A test that runs SST; skipped with the reason where it or one of these element
/// libraries is missing. memHierarchy is always needed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SstFactAttribute : FactAttribute
{
    public SstFactAttribute(params string[] libraries) => Skip = SstHost.Missing(libraries);
}
