using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>A time dilation factor: one number, or what it is from which time on. Steps that change
/// nothing are left out.</summary>
[Description("A time dilation factor, or what it is from which time on.")]
internal sealed class TdfSchedule : IEquatable<TdfSchedule>
{
    /// <param name="steps">The first at 0, times rising.</param>
    public TdfSchedule(IReadOnlyList<TdfStep> steps)
    {
        Invariant.Require(steps.Count > 0 && steps[0].From == VirtualDuration.Zero);
        Steps = [.. steps.Where((step, i) => i == 0 || step.Factor != steps[i - 1].Factor)];
    }

    public TdfSchedule(Ratio factor)
        : this([new TdfStep(VirtualDuration.Zero, factor)])
    {
    }

    public static TdfSchedule One { get; } = new(Ratio.One);

    [Description("From which time on which factor holds.")]
    public IReadOnlyList<TdfStep> Steps { get; }

    [Description("The factor at power-on.")]
    public Ratio First => Steps[0].Factor;

    [Description("There is one factor.")]
    public bool IsConstant => Steps.Count == 1;

    public override string ToString() => IsConstant
        ? RatioText.Format(First)
        : string.Join(", then ", Steps.Select((step, i) => i == 0
            ? RatioText.Format(step.Factor)
            : $"{RatioText.Format(step.Factor)} from {step.From}"));

    public bool Equals(TdfSchedule? other) =>
        other is not null && Steps.SequenceEqual(other.Steps);

    public override bool Equals(object? obj) => Equals(obj as TdfSchedule);

    public override int GetHashCode() => HashCode.Combine(Steps.Count, Steps[^1]);
}
