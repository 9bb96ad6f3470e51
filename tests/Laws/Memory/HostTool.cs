using System.Diagnostics;

namespace Dilaton.Tests.Laws.Memory;

/// <summary>Runs programs of the host to their end.</summary>
internal static class HostTool
{
    public static string RepositoryRoot { get; } = FindRoot();

    public static string Dilaton => Path.Combine(RepositoryRoot, "dilaton");

    public static string GuestProgram(string name)
    {
        string program = Path.Combine("../../artifacts/guests/freestanding", name);
        string guests = Path.Combine(RepositoryRoot, "tests/guests");
        Run("make", ["-s", "-C", guests, program]);
        return Path.GetFullPath(Path.Combine(guests, program));
    }

    public static void Run(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n"
                + output + error.Result);
        }
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Dilaton.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("no Dilaton.slnx above the tests");
    }
}
