using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A test that starts a Slurm of its own; skipped with the reason where it is not installed.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SlurmFactAttribute : FactAttribute
{
    public SlurmFactAttribute() => Skip = Requirement.Missing(
        ["/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/sbin/munged", "/usr/bin/sbatch", "/usr/bin/scancel"]);
}
