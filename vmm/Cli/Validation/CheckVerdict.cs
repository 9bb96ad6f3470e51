namespace Dilaton.Cli;

/// <summary>How a check of a law came out.</summary>
internal enum CheckVerdict
{
    Pass,
    Fail,

    /// <summary>It was not measured; the reason says why.</summary>
    Skipped,
}
