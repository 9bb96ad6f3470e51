using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>A test that runs several MPI ranks of SST; skipped with the reason where SST, its MPI or
/// OpenMPI is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SstRanksFactAttribute : FactAttribute
{
    public SstRanksFactAttribute() => Skip = SstHost.Missing([]) ?? SstHost.MissingForRanks;
}
