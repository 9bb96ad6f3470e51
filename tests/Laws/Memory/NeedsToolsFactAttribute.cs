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
            [.. tools.Where(t => !folders.Any(f => File.Exists(Path.Combine(f, t))))];
        return missing.Length == 0 ? null : $"not on this host: {string.Join(", ", missing)}";
    }
}
