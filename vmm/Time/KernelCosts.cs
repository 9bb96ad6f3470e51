using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>What kernel work costs in virtual time: a base per class, and a rate for bytes copied
/// between guest buffers and the kernel.</summary>
public sealed class KernelCosts
{
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;

    private static readonly int s_classCount = Enum.GetValues<KernelCostClass>().Length;

    private readonly VirtualDuration[] _bases;

    /// <param name="bases">Classes that are absent cost nothing.</param>
    /// <param name="copyBytesPerSecond">0 makes copies free.</param>
    public KernelCosts(
        IReadOnlyDictionary<KernelCostClass, VirtualDuration> bases, ulong copyBytesPerSecond)
    {
        ArgumentNullException.ThrowIfNull(bases);
        _bases = new VirtualDuration[s_classCount];
        for (int i = 0; i < s_classCount; i++)
        {
            _bases[i] = bases.TryGetValue((KernelCostClass)i, out VirtualDuration cost)
                ? cost
                : VirtualDuration.Zero;
        }

        if (Base(KernelCostClass.None) != VirtualDuration.Zero)
        {
            throw new ConfigException("kernel.base.none", "host artefacts cost nothing");
        }

        CopyBytesPerSecond = copyBytesPerSecond;
    }

    /// <summary>Everything is free: `kernel: ideal`.</summary>
    public static KernelCosts Ideal { get; } =
        new(new Dictionary<KernelCostClass, VirtualDuration>(), 0);

    /// <summary>Round figures of the size that lmbench shows for Linux on servers of the last
    /// years; an estimate, to be replaced by the job's own.</summary>
    public static KernelCosts Typical { get; } = new(
        new Dictionary<KernelCostClass, VirtualDuration>
        {
            [KernelCostClass.Trivial] = VirtualDuration.FromNanoseconds(100),
            [KernelCostClass.File] = VirtualDuration.FromNanoseconds(400),
            [KernelCostClass.Memory] = VirtualDuration.FromNanoseconds(800),
            [KernelCostClass.Wait] = VirtualDuration.FromNanoseconds(500),
            [KernelCostClass.Process] = VirtualDuration.FromMicroseconds(15),
            [KernelCostClass.PageFault] = VirtualDuration.FromNanoseconds(500),
            [KernelCostClass.ContextSwitch] = VirtualDuration.FromNanoseconds(1_200),
            [KernelCostClass.Signal] = VirtualDuration.FromNanoseconds(1_000),
            [KernelCostClass.Network] = VirtualDuration.FromNanoseconds(2_000),
            [KernelCostClass.Packet] = VirtualDuration.FromNanoseconds(1_000),
        },
        10_000_000_000);

    public ulong CopyBytesPerSecond { get; }

    public bool IsIdeal => CopyBytesPerSecond == 0 && !_bases.Any(b => b.Picoseconds != 0);

    public VirtualDuration Base(KernelCostClass costClass) => _bases[(int)costClass];

    /// <summary>base + bytes / rate, for work that is no vCPU's; rounded up to 1 ps.</summary>
    public VirtualDuration Time(KernelCharge charge)
    {
        VirtualDuration time = new(BasePs(charge));
        return charge.CopiedBytes == 0 || CopyBytesPerSecond == 0
            ? time
            : time + new VirtualDuration(
                new Ratio(PicosecondsPerSecond, CopyBytesPerSecond).ScaleUp(charge.CopiedBytes));
    }

    /// <summary>Whole core cycles that cover base + bytes / rate, rounded up once from the exact
    /// sum.</summary>
    public ulong Cycles(KernelCharge charge, Frequency frequency)
    {
        ulong basePs = BasePs(charge);
        if (charge.CopiedBytes == 0 || CopyBytesPerSecond == 0)
        {
            return basePs == 0 ? 0 : frequency.CyclesCovering(new VirtualDuration(basePs));
        }

        // (base + bytes * 10^12 / rate) * f / 10^12, over one denominator.
        UInt128 denominator = (UInt128)PicosecondsPerSecond * CopyBytesPerSecond;
        UInt128 numerator = checked(
            ((UInt128)basePs * CopyBytesPerSecond
                + (UInt128)charge.CopiedBytes * PicosecondsPerSecond) * frequency.Hertz);
        return checked((ulong)((numerator + (denominator - 1)) / denominator));
    }

    private ulong BasePs(KernelCharge charge) => checked(_bases[(int)charge.Class].Picoseconds
        + (charge.Signals * _bases[(int)KernelCostClass.Signal].Picoseconds));
}
