using System.Diagnostics;
using System.Text;

namespace Dilaton.Tests.Integration;

/// <summary>Runs a process to its end, never for ever.</summary>
internal static class Command
{
    public static CommandResult Run(
        string program, IEnumerable<string> arguments, CommandSettings? settings = null)
    {
        settings ??= new();

        // .NET hands SIGPIPE down ignored, and a shell does so with SIGINT in the background.
        string[] pinned = settings.Cpus.Length > 0 ? ["taskset", "-c", settings.Cpus] : [];
        string[] begin = ["--default-signal=INT,PIPE", .. settings.Variables, .. pinned, program];
        var start = new ProcessStartInfo("/usr/bin/env", begin.Concat(arguments))
        {
            WorkingDirectory = settings.Folder ?? Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Encoding.Latin1,
            StandardOutputEncoding = Encoding.Latin1,
            StandardErrorEncoding = Encoding.Latin1,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["NO_COLOR"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> output = Read(process.StandardOutput, process, settings);
        Task<string> error = process.StandardError.ReadToEndAsync();
        Feed(process, settings.Input);
        if (!process.WaitForExit(settings.Limit))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            throw new TimeoutException(
                $"{program} was not done after {settings.Limit}: {output.Result}{error.Result}");
        }

        return new CommandResult(process.ExitCode, output.Result, error.Result);
    }

    // The reader of output acts as soon as the text it waits for has come.
    private static async Task<string> Read(
        StreamReader reader, Process process, CommandSettings settings)
    {
        var text = new StringBuilder();
        char[] buffer = new char[4096];
        bool acted = settings.Act is null;
        for (int got; (got = await reader.ReadAsync(buffer)) > 0;)
        {
            text.Append(buffer, 0, got);
            if (!acted && text.ToString().Contains(settings.ActOn, StringComparison.Ordinal))
            {
                acted = true;
                settings.Act!(process.Id);
            }
        }

        return text.ToString();
    }

    private static void Feed(Process process, string input)
    {
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The process ended without reading its input, which is its right.
        }
    }
}
