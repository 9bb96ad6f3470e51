namespace Dilaton.Cli;

/// <summary>How a case of `selftest` came out.</summary>
internal enum SelfTestVerdict
{
    Ok,
    NotOk,

    /// <summary>This host can't show it; the text says why.</summary>
    Skipped,
}
