using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>As <see cref="SstFactAttribute"/>, for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SstTheoryAttribute : TheoryAttribute
{
    public SstTheoryAttribute(params string[] libraries) => Skip = SstHost.Missing(libraries);
}
