using Dilaton.Guest;

namespace Dilaton.Cli;

/// <summary>What the guest sees of our terminal: an input of the run.</summary>
internal static class HostTerminal
{
    private const int ColumnsStandard = 80;
    private const int RowsStandard = 24;

    public static TerminalOptions Describe()
    {
        bool output = !Console.IsOutputRedirected;
        return new TerminalOptions
        {
            IsInputTerminal = !Console.IsInputRedirected,
            IsOutputTerminal = output,
            IsErrorTerminal = !Console.IsErrorRedirected,
            Columns = (ushort)(output ? Math.Clamp(Console.WindowWidth, 1, 10_000)
                : ColumnsStandard),
            Rows = (ushort)(output ? Math.Clamp(Console.WindowHeight, 1, 10_000) : RowsStandard),
        };
    }
}
