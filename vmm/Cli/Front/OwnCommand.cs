namespace Dilaton.Cli;

/// <summary>How Dilaton starts itself.</summary>
internal static class OwnCommand
{
    private static readonly string s_beside = Path.Combine(AppContext.BaseDirectory, "Dilaton.Cli");

    private const string InstalledName = "dilaton";

    /// <summary>What the operator starts: the script of the repository, or the installed program;
    /// null if neither is known.</summary>
    public static string? Script { get; } =
        Environment.GetEnvironmentVariable("DILATON_HOME") is { Length: > 0 } home
            && Path.Combine(home, InstalledName) is var script && File.Exists(script)
            ? script
            : Path.GetFileName(Environment.ProcessPath) == InstalledName
                ? Environment.ProcessPath
                : null;

    /// <summary>The program itself, and what comes before its arguments.</summary>
    public static IReadOnlyList<string> Words { get; } = File.Exists(s_beside)
        ? [s_beside]
        : Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
            ? [Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "Dilaton.Cli.dll")]
            : [Environment.ProcessPath!];
}
