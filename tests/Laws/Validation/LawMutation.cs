using Dilaton.Cli;

namespace Dilaton.Tests.Laws.Validation;

/// <summary>A part that is wrong, and the check of the card that says so first.</summary>
/// <param name="Wrong">What is wrong about it, as docs/validation.md has it.</param>
/// <param name="Check">What the first line of the law that fails measured.</param>
public sealed record LawMutation(int Law, string Wrong, string Check)
{
    internal LawSubject Subject { get; init; } = LawSubject.Own;

    /// <summary>Its measurement runs for seconds.</summary>
    public bool IsSlow { get; init; }

    public override string ToString() => Wrong;
}
