namespace Dilaton.Cli;

/// <summary>A system guest's files can't be prepared.</summary>
internal sealed class ImagesException(string message, string help = "") : Exception(message)
{
    public string Help { get; } = help;
}
