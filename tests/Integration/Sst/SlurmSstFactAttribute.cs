using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>A test that runs SST by a Slurm of its own; skipped with the reason where one of them is
/// missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SlurmSstFactAttribute : FactAttribute
{
    public SlurmSstFactAttribute() => Skip = SlurmFactAttribute.Missing() ?? SstHost.Missing([]);
}
