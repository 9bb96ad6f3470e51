using System.ComponentModel;

namespace Dilaton.Cli;

/// <summary>Makes the programs of `calibrate` of their sources, which come inside Dilaton, with the host's C
/// compiler: freestanding, so that nothing but the compiler is needed.</summary>
internal sealed class GuestCompiler(string folder)
{
    public const string Tool = "gcc";

    private static readonly string[] s_sources = ["guest.h", "programs.h", "micro.c", "fit.c", "heldout.c"];

    private static readonly string[] s_options =
    [
        "-O2", "-static", "-nostdlib", "-ffreestanding", "-fno-stack-protector", "-fno-pie", "-no-pie",
        "-fno-tree-loop-distribute-patterns", "-fno-tree-vectorize",
    ];

    public static string Read(string name)
    {
        using Stream stream = typeof(GuestCompiler).Assembly.GetManifestResourceStream($"calibrate/{name}")
            ?? throw new ArgumentOutOfRangeException(nameof(name), name, "no such source");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    /// <returns>The program, an ELF file.</returns>
    /// <exception cref="CalibrationException">There is no compiler, or it failed.</exception>
    public string Compile(string program, string tool = Tool)
    {
        foreach (string name in s_sources)
        {
            File.WriteAllText(Path.Combine(folder, name), Read(name));
        }

        string file = Path.Combine(folder, program);
        string source = Path.Combine(folder, CalibrationPrograms.SourceOf(program));
        ToolOutput output;
        try
        {
            output = ToolRun.Of(
                tool,
                [.. s_options, $"-DPROGRAM={program}", "-o", file, source],
                new Dictionary<string, string?> { ["LC_ALL"] = "C" },
                TimeSpan.FromMinutes(1));
        }
        catch (Win32Exception)
        {
            throw new CalibrationException(
                DiagnosticCode.CompilerMissing,
                $"calibrate compiles its programs, and {tool} is not in PATH",
                "Debian, Ubuntu: apt-get install gcc");
        }

        return output is { ExitCode: 0, TookTooLong: false }
            ? file
            : throw new CalibrationException(
                DiagnosticCode.CompilerMissing,
                $"{tool} does not make {program}: {output.Text.Trim()}",
                "a gcc for x86-64, version 9 or later, does");
    }
}
