namespace Dilaton.Cli;

/// <summary>How Dilaton starts itself.</summary>
internal static class OwnCommand
{
    private static readonly string s_beside = Path.Combine(AppContext.BaseDirectory, "Dilaton.Cli");

    /// <summary>The script that the operator starts; null if there is none.</summary>
    public static string? Script { get; } =
        Environment.GetEnvironmentVariable("DILATON_HOME") is { Length: > 0 } home
            && Path.Combine(home, "dilaton") is var script && File.Exists(script)
            ? script
            : null;

    /// <summary>The program itself, and what comes before its arguments.</summary>
    public static IReadOnlyList<string> Words { get; } = File.Exists(s_beside)
        ? [s_beside]
        : Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
            ? [Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "Dilaton.Cli.dll")]
            : [Environment.ProcessPath!];
}
