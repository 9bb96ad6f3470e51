using Xunit;

namespace Dilaton.Tests.Kvm;

/// <summary>As <see cref="NeedsKvmFactAttribute"/>, for several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsKvmTheoryAttribute : TheoryAttribute
{
    public NeedsKvmTheoryAttribute() => Skip = NeedsKvmFactAttribute.Missing;
}
