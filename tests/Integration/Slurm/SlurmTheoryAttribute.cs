using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A theory that starts a Slurm of its own, as <see cref="SlurmFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SlurmTheoryAttribute : TheoryAttribute
{
    public SlurmTheoryAttribute() => Skip = SlurmFactAttribute.Missing();
}
