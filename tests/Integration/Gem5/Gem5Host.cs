namespace Dilaton.Tests.Integration.Gem5;

/// <summary>What the host has of gem5.</summary>
internal static class Gem5Host
{
    private static readonly Lazy<bool> s_hasRuby = new(
        () => Command.Run(Paths.Dilaton, ["gem5", "check"])
            .Output.Contains("Ruby: yes", StringComparison.Ordinal));

    /// <summary>As <see cref="Missing"/>, for a gem5 with Ruby.</summary>
    public static string? MissingRuby() => Missing()
        ?? (s_hasRuby.Value ? null : "needs a gem5.opt with Ruby's MESI_Two_Level in PATH");

    /// <summary>Null if all is there, else why a test is skipped.</summary>
    public static string? Missing()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        string[] tools =
        [
            .. new[] { "gem5.opt", "cmake", "protoc" }
                .Where(tool => !folders.Any(f => File.Exists(Path.Combine(f, tool)))),
        ];
        return tools.Length == 0 ? null : $"needs {string.Join(", ", tools)} in PATH";
    }
}
