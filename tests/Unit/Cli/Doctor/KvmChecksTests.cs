using Dilaton.Cli;
using Dilaton.Kvm;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Cli;

public sealed class KvmChecksTests
{
    [Theory]
    [InlineData(KvmAvailability.Missing, "missing", "load kvm_intel or kvm_amd")]
    [InlineData(KvmAvailability.Forbidden, "no permission", "join the group")]
    [InlineData(KvmAvailability.Broken, "KVM_CREATE_VM failed", "engine: kvm")]
    public void AnUnusableKvm_IsOneWarningWithItsRemedy(
        KvmAvailability availability, string detail, string remedy)
    {
        Finding finding = KvmChecks.Describe(new KvmReport
        {
            Availability = availability,
            Reason = "KVM_CREATE_VM failed",
        }).ShouldHaveSingleItem();
        finding.Level.ShouldBe(FindingLevel.Warn);
        finding.Detail.ShouldContain(detail);
        finding.Remedy.ShouldContain(remedy);
    }

    [Theory]
    [InlineData(true, FindingLevel.Ok, "RDTSC is virtual")]
    [InlineData(false, FindingLevel.Warn, "RDTSC is the host's")]
    public void TheClockInForceIsTold(bool traps, object level, string detail)
    {
        Finding clock = KvmChecks.Describe(Usable with { TrapsTimestamp = traps })
            .Single(f => f.Name == "KVM clock");
        clock.Level.ShouldBe((FindingLevel)level);
        clock.Detail.ShouldContain(detail);
    }

    [Theory]
    [InlineData(true, true, "counted; trapped counter; announced frequency; held counter")]
    [InlineData(false, false, "counted; host's counter; announced frequency")]
    public void TheRungsOfThisHost_AreNamed(bool traps, bool shifts, string names) =>
        KvmChecks.Describe(Usable with { TrapsTimestamp = traps, ShiftsTimestamp = shifts })
            .Single(f => f.Name == "KVM rungs").Detail.ShouldBe(names);

    [Fact]
    public void AKvmThatCannotEndASliceIsNotUsable() => KvmChecks.Describe(
        Usable with { EndsSlices = false }).ShouldHaveSingleItem()
        .Detail.ShouldContain("end of slices: does not work");

    private static KvmReport Usable => new()
    {
        Availability = KvmAvailability.Usable,
        RunsUserCode = true,
        EndsSlices = true,
    };
}
