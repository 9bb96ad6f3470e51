using Dilaton.Kvm;
using Dilaton.Native;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm;

public sealed class ProbeTests
{
    private const int Descriptors = 3;

    [Theory]
    [InlineData(2, KvmAvailability.Missing)]
    [InlineData(19, KvmAvailability.Missing)]
    [InlineData(13, KvmAvailability.Forbidden)]
    [InlineData(1, KvmAvailability.Forbidden)]
    [InlineData(0, KvmAvailability.Broken)]
    public void WhyTheDeviceDoesNotOpen_IsTold(int errno, KvmAvailability expected)
    {
        KvmReport report = KvmProbe.Unavailable(
            new NativeCallException("open", KvmDevice.Path, errno));
        report.Availability.ShouldBe(expected);
        report.CanRunPrograms.ShouldBeFalse();
        report.Reason.ShouldContain("/dev/kvm");
    }

    [NeedsKvmFact]
    public void UserCode_LeavesByCallAndFault_AndATimerEndsWhatDoesNot()
    {
        KvmReport report = KvmProbe.Run();
        report.RunsUserCode.ShouldBeTrue();
        report.EndsSlices.ShouldBeTrue();
        report.OvershootMaxNanoseconds.ShouldBeGreaterThanOrEqualTo(
            report.OvershootMedianNanoseconds);
        report.Reason.ShouldBeEmpty();
    }

    [NeedsKvmFact]
    public void TheProbe_FindsTheSameTwice()
    {
        KvmReport second = KvmProbe.Run();
        (second with
        {
            OvershootMedianNanoseconds = NeedsKvmFactAttribute.Report.OvershootMedianNanoseconds,
            OvershootMaxNanoseconds = NeedsKvmFactAttribute.Report.OvershootMaxNanoseconds,
        }).ShouldBe(NeedsKvmFactAttribute.Report);
    }

    [NeedsKvmFact]
    public void TheProbe_LeavesNoDescriptorAndNoMappingBehind()
    {
        _ = KvmProbe.Run();
        int before = KvmDescriptors();
        for (int i = 0; i < Descriptors; i++)
        {
            _ = KvmProbe.Run();
        }

        KvmDescriptors().ShouldBe(before);
        before.ShouldBe(0);
        File.ReadAllText("/proc/self/maps").ShouldNotContain("kvm-vcpu");
    }

    /// <summary>Of this process, to anything of KVM's.</summary>
    private static int KvmDescriptors() => Directory.GetFiles("/proc/self/fd")
        .Select(path => new FileInfo(path).LinkTarget ?? "")
        .Count(target => target.StartsWith("anon_inode:kvm", StringComparison.Ordinal)
            || target == KvmDevice.Path);
}
