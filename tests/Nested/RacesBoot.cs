namespace Dilaton.Tests.Nested;

/// <summary>Two processors that run at once.</summary>
public sealed class RacesBoot() : Boot("races", "-accel", "tcg,thread=multi", "-smp", "2");
