namespace Dilaton.Cli;

/// <summary>A run that a law needs did not come to its end.</summary>
/// <param name="exitCode">See <see cref="Dilaton.Cli.ExitCode"/>.</param>
internal sealed class LawRunException(int exitCode, string why) : Exception(why)
{
    public int Code => exitCode;

    public bool IsStopped => exitCode is ExitCode.Interrupted or ExitCode.Terminated;
}
