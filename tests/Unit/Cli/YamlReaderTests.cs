using Dilaton.Cli;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class YamlReaderTests
{
    [Theory]
    [InlineData("a: [1, 2\nb: 3\n", "DL0002")]
    [InlineData("a: {b: 1\n", "DL0002")]
    [InlineData("a: \"b\n", "DL0002")]
    [InlineData("a: 1\na: 2\n", "DL0004")]
    [InlineData("a:\n\tb: 1\n", "DL0003")]
    [InlineData("a: 1\n---\nb: 2\n", "DL0005")]
    [InlineData("a: !!int 1\n", "DL0007")]
    [InlineData("? [a, b]\n: 1\n", "DL0007")]
    [InlineData("a: *nowhere\n", "DL0002")]
    [InlineData("", "DL0111")]
    [InlineData("# only a remark\n", "DL0111")]
    [InlineData("a: b: c\n", "DL0002")]
    [InlineData("a: 'it's'\n", "DL0002")]
    public void BrokenText_IsReportedWithItsPlace(string text, string code)
    {
        DiagnosticBag bag = new();
        YamlReader.Read(new SourceText("job.yaml", text), bag);

        bag.HasErrors.ShouldBeTrue();
        bag.Print().ShouldContain($"[{code}]");
        bag.Print().ShouldStartWith("job.yaml:");
    }

    [Fact]
    public void AliasesThatMultiply_AreStopped()
    {
        string text = "a0: &a0 [1,1,1,1,1,1,1,1,1]\n";
        for (int i = 1; i < 12; i++)
        {
            string item = $"*a{i - 1}";
            text += $"a{i}: &a{i} [{string.Join(",", Enumerable.Repeat(item, 9))}]\n";
        }

        DiagnosticBag bag = new();
        YamlReader.Read(new SourceText("job.yaml", text), bag).ShouldBeNull();

        bag.Print().ShouldContain("[DL0006]");
    }

    [Fact]
    public void DeepNesting_IsStopped()
    {
        DiagnosticBag bag = new();
        string text = new string('[', 5_000) + new string(']', 5_000);
        YamlReader.Read(new SourceText("job.yaml", text), bag).ShouldBeNull();

        bag.Print().ShouldContain("[DL0006]");
    }

    [Fact]
    public void JsonWithTabs_IsAccepted()
    {
        string json = "{\n\t\"apiVersion\": \"dilaton/v1\",\n\t\"nodes\": [\n\t\t"
            + "{\"guest\": {\"program\": {\"path\": \"/bin/true\"}}, \"cores\": {\"count\": 2}}\n"
            + "\t]\n}\n";

        CliFixture.Good(json).Nodes[0].Cores.Count.ShouldBe(2);
    }

    [Fact]
    public void TextFields_TakeWordsAsTheyAreWritten()
    {
        Job job = CliFixture.Good("""
            apiVersion: dilaton/v1
            nodes:
              - guest:
                  program: {path: /bin/echo, args: [yes, 1e3, 012, no, 1.0, "null", true, ''], env: {A: on}}
            """);

        job.Nodes[0].Guest.Program.Args.ShouldBe(
            ["yes", "1e3", "012", "no", "1.0", "null", "true", ""]);
        job.Nodes[0].Guest.Program.Env["A"].ShouldBe("on");
    }

    /// <summary>Deletes, doubles, swaps and replaces characters of a real job.</summary>
    [Fact]
    public void MutatedJobs_NeverThrowAndAlwaysHaveAPlace()
    {
        string good = File.ReadAllText(
            Path.Combine(CliFixture.Root(), "docs", "examples", "first-light.yaml"));
        Gen<(int, int, int)[]> edits = Gen.Choose(0, 4)
            .SelectMany(_ => Gen.Choose(0, good.Length - 1), (kind, at) => (kind, at))
            .SelectMany(_ => Gen.Choose(0, 127), (edit, c) => (edit.kind, edit.at, c))
            .ArrayOf();

        Prop.ForAll(edits.ToArbitrary(), list =>
        {
            (Job? job, DiagnosticBag bag) = CliFixture.Read(Mutate(good, list));
            string text = bag.Print();
            return bag.HasErrors
                ? text.Contains("[DL", StringComparison.Ordinal)
                : job is not null;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    private static string Mutate(string text, (int Kind, int At, int C)[] edits)
    {
        foreach ((int kind, int at, int c) in edits)
        {
            int i = at % Math.Max(1, text.Length);
            text = (kind, text.Length) switch
            {
                (_, 0) => "",
                (0, _) => text.Remove(i, 1),
                (1, _) => text.Insert(i, text[i].ToString()),
                (2, _) => text[..i] + (char)c + text[(i + 1)..],
                (3, _) => text.Insert(i, "[]{}:\t-*&!|>'\"#%@`\n"[(c % 19)..((c % 19) + 1)]),
                _ => text[..i],
            };
        }

        return text;
    }
}
