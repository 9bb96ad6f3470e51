using Dilaton.Cli;
using Dilaton.Native;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class WorkerConfinementTests
{
    [Fact]
    public void Grants_AreTheOnlyFoldersThatCanBeChanged()
    {
        LandlockRule[] rules = [.. WorkerConfinement.Rules(JobWith("[{path: /srv}, {path: /usr/games, access: write}]"))];
        rules.Where(rule => rule.Access == LandlockAccess.Write).Select(rule => rule.Path).ShouldBe(["/usr/games"]);
        rules.ShouldContain(new LandlockRule("/srv", LandlockAccess.Read));
        rules.ShouldNotContain(rule => rule.Path == "/" || rule.Path == "/etc" || rule.Path == "/proc");
    }

    [Fact]
    public void AGrantOfEverything_ShowsNothingOfTheMachine()
    {
        LandlockRule[] rules = [.. WorkerConfinement.Rules(JobWith("[{path: /, access: write}]"))];
        rules.ShouldContain(new LandlockRule("/", LandlockAccess.List));
        rules.ShouldContain(new LandlockRule("/etc", LandlockAccess.Write));
        rules.Select(rule => rule.Path).ShouldNotContain(path => path == "/proc" || path == "/sys" || path == "/dev");
    }

    private static Job JobWith(string grants) => CliFixture.Good($$"""
        apiVersion: dilaton/v1
        nodes:
          - guest: {program: {path: /bin/true}, files: {{grants}}}
        """);
}
