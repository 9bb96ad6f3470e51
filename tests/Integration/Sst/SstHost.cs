using System.Collections.Concurrent;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>What the host has of SST, by PATH and SST_LIB_PATH.</summary>
internal static class SstHost
{
    private static readonly ConcurrentDictionary<string, bool> s_libraries = [];
    private static readonly Lazy<bool> s_hasMpi = new(HasMpiHeader);
    private static readonly Lazy<string?> s_launcher = new(LauncherMissing);

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

    /// <summary>Whether the SST of PATH was built with MPI; it must be there.</summary>
    public static bool HasMpi => s_hasMpi.Value;

    /// <summary>Null if mpirun is there and OpenMPI's, else why a test is skipped.</summary>
    public static string? MissingLauncher => s_launcher.Value;

    /// <summary>Null if there is what several ranks need beside an SST, else why a test is skipped.
    /// </summary>
    public static string? MissingForRanks =>
        MissingLauncher ?? (HasMpi ? null : "needs an SST that was built with MPI");

    /// <summary>Runs dilaton where PATH has no SST.</summary>
    public static CommandResult WithoutSst(IEnumerable<string> arguments)
    {
        string path = string.Join(':', Environment.GetEnvironmentVariable("PATH")!.Split(':')
            .Where(f => !File.Exists(Path.Combine(f, "sst-config"))));
        return Command.Run("env", [$"PATH={path}", Paths.Dilaton, .. arguments]);
    }

    private static string? LauncherMissing()
    {
        CommandResult said = Command.Run("sh", ["-c", "mpirun --version"]);
        return said.Output.Contains("(Open MPI)", StringComparison.Ordinal)
            ? null
            : "needs OpenMPI's mpirun in PATH";
    }

    private static bool HasMpiHeader() => Command.Run("sh", ["-c", """
        for flag in $(sst-config --ELEMENT_CXXFLAGS)
        do case $flag in -I*) cat "${flag#-I}/sst/core/sst_config.h" 2>/dev/null;; esac
        done | grep -q '^#define SST_CONFIG_HAVE_MPI 1'
        """]).ExitCode == 0;

    private static bool Has(string library) => Command.Run("sst-info", [library])
        .Output.Contains($"ELEMENT LIBRARY 0 = {library} ", StringComparison.Ordinal);
}
