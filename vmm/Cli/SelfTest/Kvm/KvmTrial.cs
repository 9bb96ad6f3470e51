using System.Runtime.ExceptionServices;
using Dilaton.Kvm;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>What cases on /dev/kvm share: it is opened for each, and each has a thread of its own, since
/// timers and signal masks are a thread's.</summary>
internal static class KvmTrial
{
    private static readonly Lazy<KvmReport> s_report = new(() => OnOwnThread(KvmProbe.Run));

    /// <summary>What doctor finds, found once.</summary>
    public static KvmReport Report => s_report.Value;

    /// <summary>The case as the suite wants it; skipped where KVM can't be used.</summary>
    public static Func<LawBench, SelfTestOutcome> On(Func<KvmDevice, SelfTestOutcome> trial) => _ =>
    {
        if (Report.Availability != KvmAvailability.Usable)
        {
            return SelfTestOutcome.Skip($"{Report.Reason}");
        }

        return OnOwnThread(() =>
        {
            using KvmDevice device = KvmDevice.Open();
            return trial(device);
        });
    };

    /// <exception cref="KvmTrialException">The vCPU came out otherwise.</exception>
    public static void Expect(KvmVcpu vcpu, KvmExitReason reason)
    {
        int error = vcpu.Run();
        if (error != 0 || vcpu.ExitReason != reason)
        {
            throw new KvmTrialException(error, vcpu.ExitReason, reason);
        }
    }

    public static T OnOwnThread<T>(Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            Name = "selftest",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }
}
