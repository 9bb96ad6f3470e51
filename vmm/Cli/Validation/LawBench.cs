using System.Text;

namespace Dilaton.Cli;

/// <summary>Runs jobs of built-in guests as `dilaton launch` would: front, worker, translator,
/// models, statistics. Folders are temporary.</summary>
internal sealed class LawBench(bool quick, TextWriter progress) : IDisposable
{
    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder =
        Directory.CreateTempSubdirectory("dilaton-validate-").FullName;

    /// <summary>Less of each law, in a fraction of the time.</summary>
    public bool IsQuick => quick;

    /// <summary>Says what is being done.</summary>
    public void Tell(string what) => progress.Write($"dilaton: validate: {what}\n");

    /// <param name="keys">Keys of the job besides its nodes, each a line of YAML.</param>
    /// <param name="changes">path=value.</param>
    /// <exception cref="LawRunException">It did not end well.</exception>
    public LawRun Run(IReadOnlyList<LawNode> nodes, string keys, params string[] changes)
    {
        StringBuilder yaml = new($"apiVersion: {Job.Version}\nname: validate\nnodes:\n");
        foreach (LawNode node in nodes)
        {
            string program = WriteGuest(node.Name, node.Image);
            yaml.Append($"  - name: {node.Name}\n");
            yaml.Append($"    guest: {{files: [{{path: {_folder}}}], ");
            yaml.Append($"program: {{path: {program}, cwd: {_folder}, stdin: none, stdout: file}}}}\n");
            if (node.Keys.Length > 0)
            {
                yaml.Append($"    {node.Keys}\n");
            }
        }

        DiagnosticBag bag = new();
        LoadedJob? job = JobPreparation.ForText(
            new SourceText("validate", $"{yaml}{keys}\n"), changes, bag);
        if (job is null || bag.HasErrors)
        {
            throw new LawRunException(ExitCode.Bug, bag.Print());
        }

        string results = Path.Combine(_folder, "results");
        int code = Front.Run(
            job, new FrontOptions { Quiet = true, Folder = results, Force = false });
        return code == ExitCode.Ok
            ? new LawRun(job.Resolved, results)
            : throw new LawRunException(code, $"a run ended with code {code}");
    }

    /// <returns>Path of the program.</returns>
    public string WriteGuest(string name, byte[] image)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, image);
        File.SetUnixFileMode(path, Executable);
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
