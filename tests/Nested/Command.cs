using System.Diagnostics;

namespace Dilaton.Tests.Nested;

/// <summary>Runs a process of the host to its end, with a limit; it never outlives the call.</summary>
internal static class Command
{
    /// <returns>Its exit code, and standard output and error, as they came.</returns>
    /// <exception cref="TimeoutException">It was not done by then.</exception>
    public static (int Code, string Output) Run(TimeSpan limit, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = Paths.Artifacts,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        bool isOver = false;
        try
        {
            isOver = process.WaitForExit(limit);
        }
        finally
        {
            if (!isOver)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }
        }

        string all = output.GetAwaiter().GetResult() + error.GetAwaiter().GetResult();
        return isOver
            ? (process.ExitCode, all)
            : throw new TimeoutException($"{program} was not done after {limit}: {all}");
    }
}
