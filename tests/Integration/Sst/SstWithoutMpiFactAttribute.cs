using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>A test of an SST that was built without MPI; skipped where there is none, or one with it,
/// or no OpenMPI.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SstWithoutMpiFactAttribute : FactAttribute
{
    public SstWithoutMpiFactAttribute() => Skip = SstHost.Missing([]) ?? SstHost.MissingLauncher
        ?? (SstHost.HasMpi ? "needs an SST that was built without MPI" : null);
}
