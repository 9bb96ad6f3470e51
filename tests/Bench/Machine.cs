using System.Diagnostics;
using System.Globalization;

namespace Dilaton.Tests.Bench;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    public static IReadOnlyList<string> Describe(BenchPaths paths) =>
    [
        $"date {DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}, commit "
            + Command(paths, "git", "describe", "--always", "--dirty", "--exclude=*"),
        $"{Environment.ProcessorCount} x {CpuModel()}, {MemoryGib()} GiB, Linux "
            + Command(paths, "uname", "-r") + ", .NET " + Environment.Version,
        Command(paths, "gcc", "--version").Split('\n')[0] + "; "
            + Command(paths, "qemu-x86_64", "--version").Split('\n')[0] + "; "
            + Command(paths, "valgrind", "--version"),
        $"load average at the start: {Load()}",
    ];

    public static string Load() =>
        string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3));

    private static string CpuModel() => File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?
        .Split(':')[1].Trim() ?? "unknown processor";

    private static long MemoryGib() =>
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30;

    private static string Command(BenchPaths paths, string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = paths.Root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            return process.StandardOutput.ReadToEnd().Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return $"no {program}";
        }
    }
}
