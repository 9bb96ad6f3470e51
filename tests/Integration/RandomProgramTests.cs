using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Random programs, most of which crash: each ends in a way that is told, and leaves no process, no
/// temporary file and no change outside of its grant.</summary>
public sealed class RandomProgramTests
{
    private const int JobPrograms = 20;
    private const int SoakPrograms = 1000;

    private static readonly string[] s_ends =
        ["guest-exited", "refused", "deadlock", "until", "output-closed", "exit-mark", "fail-mark"];

    [Fact]
    public void TwentyPrograms_LeaveNothing() => RunJob(Seeded.Seed * 1_000_000);

    [Fact]
    [Trait("Tier", "soak")]
    public void AThousandPrograms_LeaveNothing()
    {
        for (int i = 0; i < SoakPrograms; i += JobPrograms)
        {
            RunJob((Seeded.Seed * 1_000_000) + (ulong)(JobPrograms + i));
        }
    }

    private static void RunJob(ulong first)
    {
        using TempFolder folder = new();
        string granted = Directory.CreateDirectory(folder.File("granted")).FullName;
        string temporary = Directory.CreateDirectory(folder.File("tmp")).FullName;
        string outside = folder.Write("outside", "as it was");
        StringBuilder job = new("apiVersion: dilaton/v1\nname: random\nnodes:\n");
        for (int i = 0; i < JobPrograms; i++)
        {
            string seed = (first + (ulong)i).ToString(CultureInfo.InvariantCulture);
            string program = folder.File($"p{seed}");
            File.WriteAllBytes(program, RandomProgram.Make(first + (ulong)i));
            File.SetUnixFileMode(program, (UnixFileMode)0b101_101_101);
            job.Append($"  - name: p{seed}\n    memory: {{size: 64MiB}}\n")
                .Append($"    guest: {{program: {{path: {program}, stdin: none, stdout: file, stderr: file}}, ")
                .Append($"files: [{{path: {folder.Path}}}, {{path: {granted}, access: write}}]}}\n");
        }

        string results = folder.File("results");
        CommandResult process = Command.Run(
            Paths.Dilaton,
            [
                "launch", folder.Write("job.yaml", job.ToString()), "-o", results,
                "--until", "50ms", "--wall-limit", "100s",
            ],
            new() { Folder = folder.Path, Variables = [$"TMPDIR={temporary}"] });
        Run run = Run.At(results, process);
        string seeds = $"seeds from {first}\n{run.Error}";
        run.Error.ShouldNotContain("DL0506", Case.Sensitive, seeds);
        run.Result["nodes"]!.AsArray().Count.ShouldBe(JobPrograms, seeds);
        foreach (JsonNode? node in run.Result["nodes"]!.AsArray())
        {
            s_ends.ShouldContain(node!["end"]!.GetValue<string>(), $"{node["name"]}, {seeds}");
        }

        Workers(run).Where(Descendants.IsAlive).ShouldBeEmpty(seeds);
        Directory.GetFileSystemEntries(temporary).ShouldBeEmpty(seeds);
        File.ReadAllText(outside).ShouldBe("as it was", seeds);
    }

    private static IEnumerable<int> Workers(Run run) => JsonNode.Parse(run.Files["host.json"])!.AsObject()
        .Where(each => each.Key.EndsWith("workerProcessId", StringComparison.Ordinal))
        .Select(each => each.Value!.GetValue<int>());
}
