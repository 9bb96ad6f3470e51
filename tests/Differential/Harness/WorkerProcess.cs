using System.Diagnostics;
using System.Text;

namespace Dilaton.Tests.Differential;

/// <summary>This assembly's own program in a child process: translated code that breaks its
/// process fails one test, with the case named.</summary>
internal static class WorkerProcess
{
    private const int TextMax = 6000;

    /// <summary>What went wrong; empty if nothing did.</summary>
    public static string Run(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [typeof(WorkerProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        StringBuilder text = new();
        StringBuilder errors = new();
        process.ErrorDataReceived += (_, e) => errors.AppendLine(e.Data);
        process.BeginErrorReadLine();
        string last = "";
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith('@'))
            {
                last = line;
            }
            else if (text.Length < TextMax)
            {
                text.Append(line).Append('\n');
            }
        }

        process.WaitForExit();
        if (process.ExitCode == 0)
        {
            return "";
        }

        string command = string.Join(' ', arguments);
        return $"`{command}` ended with {process.ExitCode} at {last}\n{text}{errors}";
    }
}
