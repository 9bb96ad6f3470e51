using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>The Python client and its notebook, with the distribution's own Python and nothing else.</summary>
public sealed class PythonClientTests
{
    private const string Python = "/usr/bin/python3";

    private static string Client => Path.Combine(Paths.Root, "clients", "python");

    [RequiresFact(Python)]
    public void Client_KeepsItsPromises()
    {
        CommandResult result = Run(Path.Combine(Client, "tests"), "-m", "unittest", "discover", "-v");
        result.ExitCode.ShouldBe(0, result.Error);
        result.Error.ShouldMatch(@"\nRan [3-9]\d tests in ");
    }

    [RequiresFact(Python)]
    public void Notebook_LaunchesReadsAndFits()
    {
        string examples = Path.Combine(Paths.Root, "docs", "examples", "notebook");
        using TempFolder folder = new();
        string results = folder.File("sweep");
        string first = Script(results);
        first.ShouldContain("TDF  32 ");
        first.ShouldContain("us / TDF, off by 0.0");
        first.ShouldContain(File.Exists(Path.Combine(results, "dilation.svg")) ? "plotted to " : "no matplotlib");
        string again = Script(results);
        Figures(again).ShouldBe(Figures(first), "what is there is not run again, and read the same");

        string Script(string target)
        {
            CommandResult result = Run(folder.Path, Path.Combine(examples, "dilation_sweep.py"), target);
            result.ExitCode.ShouldBe(0, result.Error);
            return result.Output;
        }
    }

    // Without lines of progress.
    private static string[] Figures(string output) =>
        [.. output.Split('\n').Where(line => !line.StartsWith("dilaton: ", StringComparison.Ordinal))];

    private static CommandResult Run(string folder, params string[] arguments) => Command.Run(Python, arguments, new()
    {
        Folder = folder,
        Variables = [$"DILATON={Paths.Dilaton}", $"PYTHONPATH={Client}", "PYTHONDONTWRITEBYTECODE=1"],
    });
}
