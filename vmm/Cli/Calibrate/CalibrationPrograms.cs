namespace Dilaton.Cli;

/// <summary>The programs of `calibrate`, in Guests/. Which ones the CPI is fitted to and which ones show the
/// error is fixed here, so that nobody chooses them by their result.</summary>
internal static class CalibrationPrograms
{
    public const string Micro = "micro";

    /// <summary>PROGRAM of fit.c.</summary>
    public static IReadOnlyList<string> Fitted { get; } = ["crc", "hash", "search", "dot", "count"];

    /// <summary>PROGRAM of heldout.c.</summary>
    public static IReadOnlyList<string> HeldOut { get; } =
        ["quicksort", "matrix", "tree", "sha256", "sieve", "triad"];

    public static string SourceOf(string program) =>
        program == Micro ? "micro.c" : Fitted.Contains(program) ? "fit.c" : "heldout.c";
}
