using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Packages;

/// <summary>Each kind of package is made, installed, and used by somebody who has nothing else.</summary>
[Trait("Tier", "slow")]
public sealed class PackageTests
{
    private const string DpkgDeb = "/usr/bin/dpkg-deb";
    private const string Lintian = "/usr/bin/lintian";
    private const string Zsh = "/usr/bin/zsh";

    [Fact]
    public void Script_TellsHowItIsUsed()
    {
        CommandResult wrong = Command.Run(Packages.Script, ["rpm"]);
        wrong.ExitCode.ShouldBe(2);
        wrong.Error.ShouldContain("deb|single|framework|tool|all");
        CommandResult help = Command.Run(Packages.Script, ["--help"]);
        help.ExitCode.ShouldBe(0);
        help.Output.ShouldBe(wrong.Error);
    }

    [Fact]
    public void SelfContainedFile_NeedsNothingElse()
    {
        string file = Packages.Of("single").ShouldHaveSingleItem();
        new FileInfo(file).Length.ShouldBeLessThan(40 << 20);
        using TempFolder bin = new();
        File.Copy(file, bin.File("dilaton"));
        using Installed program = new(bin.Path, bin.File("dilaton"));
        program.Works();
        Directory.EnumerateFiles(program.Cache, "build", SearchOption.AllDirectories).Count().ShouldBe(2);
    }

    [Fact]
    public void SelfContainedFile_TellsOfACacheThatItCannotWrite()
    {
        using TempFolder bin = new();
        File.Copy(Packages.Of("single")[0], bin.File("dilaton"));
        using Installed program = new(bin.Path, bin.File("dilaton"));
        CommandResult check = program.RunWith(["XDG_CACHE_HOME=/dev/null"], "gem5", "check");
        check.ExitCode.ShouldBe(6);
        check.Error.ShouldContain("can't be unpacked into '/dev/null/dilaton/");
        check.Error.ShouldContain("[DL0535]");
    }

    [Fact]
    public void FileForTheRuntime_NeedsNothingElse()
    {
        string file = Packages.Of("framework").ShouldHaveSingleItem();
        using TempFolder bin = new();
        File.Copy(file, bin.File("dilaton"));
        using Installed program = new(bin.Path, bin.File("dilaton"));
        program.Works();
    }

    [Fact]
    public void Tool_InstallsWorksAndGoes()
    {
        Packages.Of("tool").Count.ShouldBe(2);
        using TempFolder folder = new();
        string tools = folder.File("tools");
        string settings = folder.Write("nuget.config", $"""
            <configuration><packageSources><clear/><add key="here" value="{Packages.Folder("tool")}"/></packageSources></configuration>
            """);
        Tool("install", "--configfile", settings, "--tool-path", tools);
        using (Installed program = new(tools, Path.Combine(tools, "dilaton")))
        {
            program.Works();
        }

        Tool("uninstall", "--tool-path", tools);
        Directory.EnumerateFiles(tools, "*ilaton*", SearchOption.AllDirectories).ShouldBeEmpty();

        void Tool(string verb, params string[] options)
        {
            CommandResult result = Command.Run(
                "dotnet", ["tool", verb, "dilaton", .. options], new() { Variables = [$"HOME={folder.Path}"] });
            result.ExitCode.ShouldBe(0, result.Output + result.Error);
        }
    }

    [RequiresFact(DpkgDeb)]
    public void DebianPackage_WorksFromWhereItIsUnpacked()
    {
        using TempFolder root = new();
        string deb = Packages.Of("deb").ShouldHaveSingleItem();
        Command.Run(DpkgDeb, ["-x", deb, root.Path]).ExitCode.ShouldBe(0);
        using Installed program = new(root.Path, root.File("usr/bin/dilaton"));
        program.Works();
        Directory.Exists(program.Cache).ShouldBeFalse("the sources in share/dilaton are of this program");

        string share = root.File("usr/share/doc/dilaton");
        File.Exists(Path.Combine(share, "copyright")).ShouldBeTrue();
        File.Exists(Path.Combine(share, "examples", "first-light.yaml")).ShouldBeTrue();
        File.ReadAllText(root.File("usr/include/dilaton.h"))
            .ShouldBe(File.ReadAllText(Path.Combine(Paths.Root, "include", "dilaton.h")));
    }

    [RequiresFact(DpkgDeb)]
    public void DebianPackage_IsTheSameBytesForTheSameProgram()
    {
        using TempFolder folder = new();
        string again = Packages.Make("deb", folder.Path).ShouldHaveSingleItem();
        File.ReadAllBytes(again).AsSpan()
            .SequenceEqual(File.ReadAllBytes(Packages.Of("deb")[0])).ShouldBeTrue();
    }

    [RequiresFact(DpkgDeb, Lintian)]
    public void DebianPackage_IsAsPolicyHasIt()
    {
        CommandResult lintian = Command.Run(Lintian, ["--fail-on", "error,warning", Packages.Of("deb")[0]]);
        lintian.ExitCode.ShouldBe(0, lintian.Output);
    }

    [RequiresFact(DpkgDeb, Zsh)]
    public void DebianPackage_CompletesInZsh()
    {
        using TempFolder root = new();
        Command.Run(DpkgDeb, ["-x", Packages.Of("deb")[0], root.Path]).ExitCode.ShouldBe(0);
        string folder = root.File("usr/share/zsh/vendor-completions");

        // The completion system wants a terminal: its functions are put in its stead.
        CommandResult result = Command.Run(Zsh,
        [
            "-f", "-c",
            $"fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D; print ${{_comps[dilaton]}}; "
                + "compdef() { :; }; _describe() { print -l -- ${(P)@[-1]} }; "
                + "words=(dilaton s); CURRENT=2; PREFIX=s; _dilaton",
        ]);
        result.Output.ShouldStartWith("_dilaton\n");
        result.Output.ShouldContain("sweep:Run variants of a job");
    }

    [DebianFact]
    public void DebianPackage_IsInstalledUsedByAnyoneAndRemoved()
    {
        string output = DebianRoot.Install(Packages.Of("deb")[0], """
            [ "$(command -v dilaton)" = /usr/bin/dilaton ]
            dilaton version
            cd && dilaton run -q -- /bin/echo "as $(id -un)"
            dilaton doctor | grep bridges
            dilaton launch -q -o out /usr/share/doc/dilaton/examples/first-light.yaml
            python3 -c 'import dilaton; print(dilaton.launch("/usr/share/doc/dilaton/examples/first-light.yaml").status)'
            man dilaton | grep -c 'points of a sweep failed'
            . /usr/share/bash-completion/completions/dilaton
            COMP_WORDS=(dilaton swe) COMP_CWORD=1
            _dilaton
            echo "completed ${COMPREPLY[*]}"
            """);
        output.ShouldContain($"dilaton {Installed.Version()} (");
        output.ShouldContain("as nobody\n");
        output.ShouldContain("/etc/passwd\n");
        output.ShouldContain("\nok\n1\ncompleted sweep\n");
        output[output.IndexOf(DebianRoot.Left, StringComparison.Ordinal)..].ShouldBe(DebianRoot.Left);
    }
}
