using System.Collections.Concurrent;
using Shouldly;

namespace Dilaton.Tests.Integration.Packages;

/// <summary>What `./package` makes, each kind once a test run.</summary>
internal static class Packages
{
    private static readonly ConcurrentDictionary<string, Lazy<IReadOnlyList<string>>> s_made = new();

    public static string Script => Path.Combine(Paths.Root, "package");

    /// <returns>The files that it says it made.</returns>
    /// <param name="kind">single, framework, deb or tool.</param>
    public static IReadOnlyList<string> Of(string kind) =>
        s_made.GetOrAdd(kind, k => new(() => Make(k, Folder(k)))).Value;

    public static IReadOnlyList<string> Make(string kind, string folder)
    {
        CommandResult result = Command.Run(
            Script, [kind, "--as-built", "--out", folder], new() { Limit = TimeSpan.FromMinutes(15) });
        result.ExitCode.ShouldBe(0, result.Error);
        string[] files = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        files.ShouldAllBe(file => File.Exists(file));
        return files;
    }

    public static string Folder(string kind) => Path.Combine(Paths.Root, "artifacts", "package-tests", kind);
}
