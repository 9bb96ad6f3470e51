namespace Dilaton.Guest;

/// <summary>Which standard streams the guest takes for a terminal, and its size.</summary>
public sealed record TerminalOptions
{
    public static TerminalOptions None { get; } = new()
    {
        IsInputTerminal = false,
        IsOutputTerminal = false,
        IsErrorTerminal = false,
        Columns = 80,
        Rows = 24,
    };

    public required bool IsInputTerminal { get; init; }

    public required bool IsOutputTerminal { get; init; }

    public required bool IsErrorTerminal { get; init; }

    public required ushort Columns { get; init; }

    public required ushort Rows { get; init; }
}
