namespace Dilaton.Cli;

/// <summary>Paths of a job as a sweep names them.</summary>
internal static class SweepPath
{
    private const string TdfShort = "tdf";

    /// <summary>In a sweep `tdf` is the job's, not that of each node.</summary>
    public static string Full(string path) => path == TdfShort ? "time.tdf" : path;

    /// <returns>Why it can't be swept, or null.</returns>
    public static string? Refusal(string path) => path.Split('.', '[')[0] switch
    {
        "seed" => "the seed is not swept: `repeat` gives each point several",
        "sweep" => "a sweep can't sweep itself",
        "apiVersion" => "a sweep has one version",
        _ => null,
    };
}
