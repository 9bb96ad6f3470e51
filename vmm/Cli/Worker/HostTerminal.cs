using Dilaton.Guest;

namespace Dilaton.Cli;

/// <summary>What the guest sees of our terminal: an input of the run.</summary>
internal static class HostTerminal
{
    private const int ColumnsStandard = 80;
    private const int RowsStandard = 24;

    public static TerminalOptions Describe(ProgramJob program)
    {
        bool output = program.Stdout == OutputChoice.Inherit && !Console.IsOutputRedirected;
        return new TerminalOptions
        {
            IsInputTerminal = program.Stdin == "inherit" && !Console.IsInputRedirected,
            IsOutputTerminal = output,
            IsErrorTerminal = program.Stderr == OutputChoice.Inherit && !Console.IsErrorRedirected,
            Columns = (ushort)(output ? Math.Clamp(Console.WindowWidth, 1, 10_000)
                : ColumnsStandard),
            Rows = (ushort)(output ? Math.Clamp(Console.WindowHeight, 1, 10_000) : RowsStandard),
        };
    }
}
