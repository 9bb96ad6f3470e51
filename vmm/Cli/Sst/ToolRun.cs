using System.Diagnostics;
using System.Text;

namespace Dilaton.Cli;

/// <summary>Runs a program of another project to its end, or to a limit.</summary>
internal static class ToolRun
{
    /// <param name="environment">What differs from ours; null removes a variable.</param>
    public static ToolOutput Of(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?> environment,
        TimeSpan limit)
    {
        ProcessStartInfo start = new(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string key, string? value) in environment)
        {
            start.Environment[key] = value;
        }

        StringBuilder text = new();
        using Process process = new() { StartInfo = start };
        process.OutputDataReceived += (_, line) => Add(text, line.Data);
        process.ErrorDataReceived += (_, line) => Add(text, line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        bool ended = process.WaitForExit(limit);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
        }

        // Waits for the readers as well.
        process.WaitForExit();
        return new ToolOutput(process.ExitCode, text.ToString(), !ended);
    }

    private static void Add(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.Append(line).Append('\n');
            }
        }
    }
}
