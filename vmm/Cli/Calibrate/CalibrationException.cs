namespace Dilaton.Cli;

/// <summary>A calibration can't be done on this host.</summary>
internal sealed class CalibrationException(DiagnosticCode code, string message, string help) : Exception(message)
{
    public DiagnosticCode Code { get; } = code;

    public string Help { get; } = help;
}
