namespace Dilaton.Tests.Nested;

/// <summary>Every clock of the bed counts instructions, 4 ns each, and sleeping costs no host time: what
/// the host does besides changes no figure (QEMU manual, "TCG Instruction Counting").</summary>
public sealed class TimingBoot() : Boot(
    "timing", "-accel", "tcg", "-smp", "1", "-icount", "shift=2,sleep=off");
