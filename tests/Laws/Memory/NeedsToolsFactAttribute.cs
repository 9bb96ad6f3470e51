using Xunit;

namespace Dilaton.Tests.Laws.Memory;

/// <summary>A test that is skipped, with the reason, where a program of the host is missing.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsToolsFactAttribute : FactAttribute
{
    public NeedsToolsFactAttribute(params string[] tools) => Skip = Missing(tools);

    internal static string? Missing(string[] tools)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        string[] missing =
            [.. tools.Where(t => !Exists(t, folders))];
        return missing.Length == 0 ? null : $"not on this host: {string.Join(", ", missing)}";
    }

    /// <param name="tool">A program of the host, or of the repository: "./dilaton".</param>
    private static bool Exists(string tool, string[] folders) =>
        tool.StartsWith("./", StringComparison.Ordinal)
            ? File.Exists(Path.Combine(HostTool.RepositoryRoot, tool))
            : folders.Any(f => File.Exists(Path.Combine(f, tool)));
}
