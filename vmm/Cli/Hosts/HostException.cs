namespace Dilaton.Cli;

/// <summary>A host of the job does not take part.</summary>
internal sealed class HostException(DiagnosticCode code, string message, string help = "")
    : Exception(message)
{
    public DiagnosticCode Code { get; } = code;

    public string Help { get; } = help;
}
