using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>A test that starts a Slurm of its own; skipped with the reason where that, or another
/// file that it needs, is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SlurmFactAttribute : FactAttribute
{
    public SlurmFactAttribute(params string[] files) => Skip = Missing(files);

    /// <summary>Null if all is there, else why a test is skipped.</summary>
    public static string? Missing(params string[] files) => Requirement.Missing(
    [
        "/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/sbin/munged", "/usr/bin/sbatch", "/usr/bin/scancel",
        .. files,
    ]);
}
