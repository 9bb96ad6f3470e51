using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Completion scripts and manual page as the shells and groff take them.</summary>
public sealed class ManualTests
{
    private const string Groff = "/usr/bin/groff";
    private const string Zsh = "/usr/bin/zsh";
    private const string Fish = "/usr/bin/fish";

    [Theory]
    [InlineData("swe", "sweep")]
    [InlineData("sst in", "info")]
    [InlineData("schema re", "result")]
    [InlineData("ctl tdout pa", "pause")]
    [InlineData("launch --wall", "--wall-limit")]
    [InlineData("sst info --h", "--help")]
    public void Bash_CompletesCommandsWordsAndOptions(string typed, string completed) =>
        Bash(typed).ShouldBe(completed + "\n");

    [Theory]
    [InlineData("run -- swe")]
    [InlineData("launch swe")]
    public void Bash_LeavesFilesToTheShell(string typed) => Bash(typed).ShouldBe("\n");

    [RequiresFact(Fish)]
    public void Fish_CompletesWithDescriptions()
    {
        Fished("dilaton sw").ShouldStartWith("sweep\tRun variants of a job");
        Fished("dilaton sst inf").ShouldStartWith("info\t");
        Fished("dilaton launch --wall").ShouldStartWith("--wall-limit");
        Fished("dilaton schema res").ShouldBe("result\n");
    }

    [RequiresFact(Zsh)]
    public void Zsh_OffersEveryCommandWithItsDescription()
    {
        // The completion system wants a terminal: its functions are put in its stead.
        const string Stead =
            "compdef() { :; }; _files() { print files }; "
            + "_describe() { print -l -- ${(P)@[-1]} }; ";
        using TempFolder folder = new();
        File.WriteAllText(folder.File("script"), Script("zsh"));
        string Ask(string words, int current, string prefix)
        {
            CommandResult result = Command.Run(
                Zsh,
                ["-f", "-c", $"{Stead} source {folder.File("script")}; words=({words}); CURRENT={current}; PREFIX={prefix}; _dilaton"]);
            result.Error.ShouldBe("");
            return result.Output;
        }

        Ask("dilaton s", 2, "s").ShouldContain("sweep:Run variants of a job");
        Ask("dilaton sst i", 3, "i").ShouldContain("info:");
        Ask("dilaton launch --w", 3, "--w").ShouldContain("--wall-limit:");
        Ask("dilaton run -- a", 4, "a").ShouldBe("files\n");
        Ask("dilaton launch a", 3, "a").ShouldBe("files\n");
    }

    [RequiresFact(Groff)]
    public void ManualPage_IsCleanAndTellsOptionsAndExitCodes()
    {
        CommandResult page = Dilaton("man");
        page.ExitCode.ShouldBe(0);
        CommandResult shown = Command.Run(
            Groff, ["-man", "-Tascii", "-P-cbou", "-ww"], new() { Input = page.Output });
        shown.Error.ShouldBe("");
        shown.Output.ShouldContain("--wall-limit TIME");
        shown.Output.ShouldContain("dilaton sst info");
        shown.Output.ShouldContain("points of a sweep failed");
    }

    private static string Bash(string typed)
    {
        using TempFolder folder = new();
        File.WriteAllText(folder.File("script"), Script("bash"));
        CommandResult result = Command.Run(
            "/bin/bash",
            [
                "--norc", "-c",
                $"source {folder.File("script")}; COMP_WORDS=(dilaton {typed}); "
                    + "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _dilaton; printf '%s\\n' \"${COMPREPLY[*]}\"",
            ]);
        result.Error.ShouldBe("");
        return result.Output;
    }

    private static string Fished(string typed)
    {
        using TempFolder folder = new();
        File.WriteAllText(folder.File("script"), Script("fish"));
        CommandResult result = Command.Run(
            Fish, ["--no-config", "-c", $"source {folder.File("script")}; complete -C '{typed}'"]);
        result.Error.ShouldBe("");
        return result.Output;
    }

    private static string Script(string shell)
    {
        CommandResult result = Dilaton("completion", shell);
        result.ExitCode.ShouldBe(0);
        return result.Output;
    }

    private static CommandResult Dilaton(params string[] arguments) =>
        Command.Run(Paths.Dilaton, arguments);
}
