using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A test that starts a Slurm of its own and accounts for its processor time; skipped with the
/// reason where one of them can't be.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SlurmCpuFactAttribute : FactAttribute
{
    public SlurmCpuFactAttribute() => Skip = SlurmFactAttribute.Missing() ?? CpuAccount.Missing();
}
