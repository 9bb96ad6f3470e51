namespace Dilaton.Cli;

/// <summary>A condition of a sweep makes no sense.</summary>
/// <param name="offset">Of the character in the condition, from 0.</param>
internal sealed class WhereException(string message, int offset, string help = "")
    : FormatException(message)
{
    public int Offset { get; } = offset;

    public string Help { get; } = help;
}
