using System.Collections.Concurrent;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>What the host has of SST, by PATH and SST_LIB_PATH.</summary>
internal static class SstHost
{
    private static readonly ConcurrentDictionary<string, bool> s_libraries = [];

    /// <summary>Null if all is there, else why a test is skipped.</summary>
    public static string? Missing(string[] libraries)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        string[] tools =
        [
            .. new[] { "sst", "sst-config", "sst-info", "cmake", "protoc" }
                .Where(tool => !folders.Any(f => File.Exists(Path.Combine(f, tool)))),
        ];
        if (tools.Length > 0)
        {
            return $"needs {string.Join(", ", tools)} in PATH";
        }

        string[] missing =
            [.. libraries.Prepend("memHierarchy").Where(l => !s_libraries.GetOrAdd(l, Has))];
        return missing.Length == 0
            ? null
            : $"needs SST's element library {string.Join(", ", missing)}";
    }

    /// <summary>Runs dilaton where PATH has no SST.</summary>
    public static CommandResult WithoutSst(IEnumerable<string> arguments)
    {
        string path = string.Join(':', Environment.GetEnvironmentVariable("PATH")!.Split(':')
            .Where(f => !File.Exists(Path.Combine(f, "sst-config"))));
        return Command.Run("env", [$"PATH={path}", Paths.Dilaton, .. arguments]);
    }

    private static bool Has(string library) => Command.Run("sst-info", [library])
        .Output.Contains($"ELEMENT LIBRARY 0 = {library} ", StringComparison.Ordinal);
}
