using System.ComponentModel;
using System.Diagnostics;

namespace Dilaton.Cli;

/// <summary>The programs of other engines.</summary>
internal static class EngineTools
{
    /// <summary>Programs that an executor needs.</summary>
    public static IReadOnlyList<string> Of(SweepExecutor executor) => executor switch
    {
        SweepExecutor.Slurm => ["sbatch", "squeue", "scontrol", "scancel"],
        SweepExecutor.Parallel => ["parallel", "setpriv", "setsid"],
        _ => [],
    };

    /// <summary>Those that are in no folder of PATH.</summary>
    public static IReadOnlyList<string> Missing(IReadOnlyList<string> programs)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries);
        return [.. programs.Where(program =>
            !Array.Exists(folders, folder => File.Exists(Path.Combine(folder, program))))];
    }

    /// <summary>Runs one to its end.</summary>
    /// <param name="patience">After which it counts as failed.</param>
    /// <param name="said">Its output, or why there is none.</param>
    /// <returns>False: it failed.</returns>
    public static bool Run(string folder, IEnumerable<string> words, TimeSpan patience, out string said)
    {
        string[] all = [.. words];
        ProcessStartInfo start = new(all[0], all.Skip(1))
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(patience))
            {
                process.Kill();
                said = $"{all[0]} gave no answer within {patience.TotalSeconds} s";
                return false;
            }

            bool isGood = process.ExitCode == 0;
            said = isGood ? output.Result : $"{all[0]}: {error.Result.Trim()}";
            return isGood;
        }
        catch (Win32Exception e)
        {
            said = $"{all[0]}: {e.Message}";
            return false;
        }
    }
}
