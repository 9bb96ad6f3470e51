using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A run of pages that are alike. Start and end are page addresses, end exclusive.
/// </summary>
internal readonly record struct MemoryArea
{
    public required ulong Start { get; init; }

    public required ulong End { get; init; }

    public required GuestProtection Protection { get; init; }

    public required AreaKind Kind { get; init; }

    public MappedFile? File { get; init; }

    /// <summary>Offset in <see cref="File"/> that <see cref="Start"/> shows.</summary>
    public ulong FileOffset { get; init; }

    /// <summary>Counts against the memory limit: was accessible at some time, so may hold pages.
    /// </summary>
    public bool IsCommitted { get; init; }

    public ForkAdvice ForkAdvice { get; init; }

    public ulong LengthBytes => End - Start;

    public bool Allows(GuestProtection access) => access == GuestProtection.Write
        ? (Protection & GuestProtection.Write) != 0
        : Protection != GuestProtection.None;

    public MemoryArea Slice(ulong start, ulong end)
    {
        Invariant.Require(Start <= start && start < end && end <= End);
        return this with
        {
            Start = start,
            End = end,
            FileOffset = File is null ? 0 : FileOffset + (start - Start),
        };
    }

    public bool ContinuesWith(in MemoryArea next) =>
        End == next.Start && Protection == next.Protection && Kind == next.Kind
        && IsCommitted == next.IsCommitted && File == next.File && ForkAdvice == next.ForkAdvice
        && (File is null || FileOffset + LengthBytes == next.FileOffset);
}
