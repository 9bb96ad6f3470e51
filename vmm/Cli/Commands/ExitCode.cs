namespace Dilaton.Cli;

/// <summary>Exit codes of every command. Severity grows, because `sbatch --wait` returns the
/// highest of an array.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int GuestFailed = 1;
    public const int Usage = 2;
    public const int CheckFailed = 3;
    public const int LimitReached = 4;
    public const int PeerFailed = 5;
    public const int EnvironmentMissing = 6;
    public const int PointsFailed = 7;
    public const int Bug = 70;
    public const int Interrupted = 130;
    public const int Terminated = 143;

    public static IReadOnlyList<(int Code, string Word, string Meaning)> Table { get; } =
    [
        (Ok, "ok", "done; the guest said success"),
        (GuestFailed, "guest-failed",
            "the guest said failure or died by a signal (its own code is in result.json)"),
        (Usage, "usage", "the command line or the job is wrong; nothing was started"),
        (CheckFailed, "check-failed", "a stated check failed"),
        (LimitReached, "limit-reached", "--until or --wall-limit ended the run first"),
        (PeerFailed, "worker-failed", "a worker or peer process failed"),
        (EnvironmentMissing, "environment",
            "the host lacks something; `dilaton doctor` explains"),
        (PointsFailed, "points-failed", "points of a sweep failed; the others are kept"),
        (Bug, "bug", "a defect of Dilaton itself; please report it"),
        (Interrupted, "interrupted", "stopped by Ctrl-C or `dilaton ctl stop`"),
        (Terminated, "terminated", "stopped by SIGTERM"),
    ];

    /// <summary>The word that result.json has for the code.</summary>
    public static string WordOf(int code)
    {
        foreach ((int known, string word, string _) in Table)
        {
            if (known == code)
            {
                return word;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(code));
    }

    public static string Help()
    {
        IEnumerable<string> rows = Table.Select(row => $"  {row.Code,3}  {row.Meaning}");
        return "Exit codes:\n" + string.Join('\n', rows) + "\n";
    }
}
