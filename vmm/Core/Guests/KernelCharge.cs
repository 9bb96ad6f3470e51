namespace Dilaton.Core;

/// <summary>What a kernel entry is charged for; the job's cost table turns it into time.</summary>
/// <param name="CopiedBytes">Bytes moved between guest buffers and the kernel.</param>
public readonly record struct KernelCharge(KernelCostClass Class, ulong CopiedBytes)
{
    /// <summary>Signal handlers that were started besides, each for
    /// <see cref="KernelCostClass.Signal"/>.</summary>
    public uint Signals { get; init; }

    public static KernelCharge None => default;
}
