using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Dilaton.Tests.Bench;

/// <summary>Runs a command and measures it by wait4 in a small process of its own.</summary>
internal sealed class Meter : IDisposable
{
    /// <summary>Stands for a result folder that does not exist yet.</summary>
    public const string FolderMark = "{folder}";

    private readonly BenchPaths _paths;
    private readonly TimeSpan _limit;
    private readonly string _folder;

    public Meter(BenchPaths paths, TimeSpan limit)
    {
        _paths = paths;
        _limit = limit;
        _folder = Directory.CreateTempSubdirectory("dilaton-bench-").FullName;
    }

    public Sample Run(IReadOnlyList<string> command)
    {
        string figures = Path.Combine(_folder, "figures");
        string results = Path.Combine(_folder, "results");
        File.Delete(figures);
        var start = new ProcessStartInfo(_paths.Tool("measure"))
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add(figures);
        foreach (string word in command)
        {
            start.ArgumentList.Add(word == FolderMark ? results : word);
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<byte[]> hash = SHA256.HashDataAsync(process.StandardOutput.BaseStream).AsTask();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(_limit))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return new Sample(0, 0, 0, "", $"not done after {_limit.TotalSeconds} s");
        }

        string output = Convert.ToHexStringLower(hash.Result);
        string complaint = errors.Result;
        if (Directory.Exists(results))
        {
            Directory.Delete(results, recursive: true);
        }

        return Read(figures, output, complaint);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Sample Read(string figures, string output, string complaint)
    {
        if (!File.Exists(figures))
        {
            return new Sample(0, 0, 0, output, "could not be measured: " + complaint.Trim());
        }

        long[] f = [.. File.ReadAllText(figures).Split(' ')
            .Select(t => long.Parse(t, CultureInfo.InvariantCulture))];
        string failure = f[4] == 0 ? "" : $"wait status {f[4]}: {LastLine(complaint)}";
        return new Sample((f[0] + f[1]) / 1e6, f[3] / 1e6, f[2], output, failure);
    }

    private static string LastLine(string text) => text.Trim().Split('\n')[^1];
}
