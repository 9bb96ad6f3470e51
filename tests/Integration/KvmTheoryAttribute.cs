using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>As <see cref="KvmFactAttribute"/>, for several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KvmTheoryAttribute : TheoryAttribute
{
    public KvmTheoryAttribute() => Skip = KvmFactAttribute.Missing;
}
