using Dilaton.Kvm;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>What KVM costs. The bounds are wide: they find a host that is unfit, not one that is slow.
/// </summary>
internal static class KvmTimingCases
{
    private const long ExitNanosecondsMax = 100_000;
    private const long OvershootNanosecondsMax = 200_000;
    private const int Exits = 2_000;

    public static IReadOnlyList<SelfTestCase> All { get; } =
    [
        new("kvm.exit-cost", "an exit and entry cost at most 100 us", KvmTrial.On(ExitCost), NeedsQuietHost: true),
        new("kvm.slice-overshoot", "a slice of 1 ms ends at most 200 us late, in the middle",
            KvmTrial.On(_ => Overshoot()), NeedsQuietHost: true),
    ];

    private static SelfTestOutcome ExitCost(KvmDevice device)
    {
        using BareMachine machine = new(device);

        // loop: out 0x80, al; jmp loop
        machine.Load(0, 0xe6, 0x80, 0xeb, 0xfc);
        KvmTrial.Expect(machine[0], KvmExitReason.PortAccess);
        long before = SliceTimer.ThreadNanoseconds();
        for (int i = 0; i < Exits; i++)
        {
            KvmTrial.Expect(machine[0], KvmExitReason.PortAccess);
        }

        long each = (SliceTimer.ThreadNanoseconds() - before) / Exits;
        return SelfTestOutcome.Check(each <= ExitNanosecondsMax, $"{each} ns of processor time each");
    }

    private static SelfTestOutcome Overshoot()
    {
        KvmReport report = KvmTrial.Report;
        return SelfTestOutcome.Check(
            report.EndsSlices && report.OvershootMedianNanoseconds <= OvershootNanosecondsMax,
            $"{report.OvershootMedianNanoseconds} ns in the middle, {report.OvershootMaxNanoseconds} ns at most");
    }
}
