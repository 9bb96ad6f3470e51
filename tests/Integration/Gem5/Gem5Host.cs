namespace Dilaton.Tests.Integration.Gem5;

/// <summary>What the host has of gem5.</summary>
internal static class Gem5Host
{
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
