namespace Dilaton.Tests.Nested;

/// <summary>As <see cref="TimingBoot"/>, with Linux in a network.</summary>
public sealed class NetworkBoot() : Boot(
    "network", "-accel", "tcg", "-smp", "1", "-icount", "shift=2,sleep=off");
