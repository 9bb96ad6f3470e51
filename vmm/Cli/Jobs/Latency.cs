using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>A latency in core cycles ("14cycles") or in time ("7ns").</summary>
internal readonly record struct Latency(uint Cycles, VirtualDuration Time)
{
    public bool IsTime => Time > VirtualDuration.Zero;

    public static Latency FromCycles(uint cycles) => new(cycles, VirtualDuration.Zero);

    public static bool TryParse(string text, out Latency value, out string? why)
    {
        value = default;
        if (text.Contains("cycle", StringComparison.Ordinal))
        {
            bool cyclesOk = CycleCount.TryParse(text, out CycleCount cycles, out why);
            value = FromCycles(cycles.Cycles);
            return cyclesOk;
        }

        if (Quantity.TryParseDuration(text, out VirtualDuration time, out why))
        {
            value = new Latency(0, time);
            return true;
        }

        why = why.Replace(
            "a time such as 10us", "cycles or a time, such as 14cycles or 7ns",
            StringComparison.Ordinal);
        return false;
    }

    /// <summary>Fewest whole cycles that cover it.</summary>
    public ulong ToCycles(Frequency clock) => IsTime ? clock.CyclesCovering(Time) : Cycles;

    public override string ToString() =>
        IsTime ? Time.ToString() : string.Create(CultureInfo.InvariantCulture, $"{Cycles}cycles");
}
