using System.Reflection;

namespace Dilaton.Cli;

/// <summary>Which Dilaton this is.</summary>
internal static class ToolVersion
{
    private static readonly string[] s_parts = Informational().Split('+');

    public static string Text => s_parts[0];

    /// <summary>Commit that it was built from, or "unknown".</summary>
    public static string Commit => s_parts.Length > 1 ? s_parts[1] : "unknown";

    private static string Informational() =>
        typeof(ToolVersion).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "0.0.0";
}
