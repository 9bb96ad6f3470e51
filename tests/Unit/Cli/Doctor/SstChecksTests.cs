using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Cli;

public sealed class SstChecksTests
{
    private const string OpenMpi = "mpirun (Open MPI) 4.1.4";

    [Theory]
    [InlineData(true, "/opt/sst/bin/sst, with MPI")]
    [InlineData(false, "/opt/sst/bin/sst, without MPI")]
    [InlineData(null, "/opt/sst/bin/sst")]
    public void SstIsNamedWithWhatItIsBuiltWith(bool? hasMpi, string detail)
    {
        IReadOnlyList<Finding> found = SstChecks.Describe("/opt/sst/bin/sst", hasMpi, OpenMpi);
        found.ShouldAllBe(finding => finding.Level == FindingLevel.Ok && finding.Remedy.Length == 0);
        found[0].Detail.ShouldBe(detail);
        found[1].Detail.ShouldBe(OpenMpi);
    }

    [Theory]
    [InlineData(null, "missing")]
    [InlineData("HYDRA build details:", "HYDRA build details:")]
    public void WithoutOpenMpi_ItsUseIsTold(string? launcher, string detail)
    {
        IReadOnlyList<Finding> found = SstChecks.Describe(null, null, launcher);
        found.ShouldAllBe(finding => finding.Level == FindingLevel.Warn);
        found[0].Remedy.ShouldContain("sst-simulator.org");
        found[1].Detail.ShouldBe(detail);
        found[1].Remedy.ShouldContain("several ranks only");
    }

    [Theory]
    [InlineData("/* Define */\n#define SST_CONFIG_HAVE_MPI 1\n", true)]
    [InlineData("/* #undef SST_CONFIG_HAVE_MPI */\n", false)]
    [InlineData("", false)]
    public void TheHeaderTellsOfMpi(string header, bool hasMpi) =>
        MpiTools.HasMpi(header).ShouldBe(hasMpi);

    [Theory]
    [InlineData(null, "no mpirun in PATH")]
    [InlineData("HYDRA build details:", "mpirun is not OpenMPI's (HYDRA build details:)")]
    [InlineData("", "mpirun is not OpenMPI's (it says nothing)")]
    [InlineData(OpenMpi, null)]
    public void AnotherLauncher_IsNotTaken(string? launcher, string? trouble) =>
        MpiTools.Trouble(launcher).ShouldBe(trouble);
}
