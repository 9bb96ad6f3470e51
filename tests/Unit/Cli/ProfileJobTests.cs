using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>`nodes[].profile`, and what it asks of the job.</summary>
public sealed class ProfileJobTests
{
    [Fact]
    public void AProfile_IsReadAndOffUnlessAskedFor()
    {
        CliFixture.Good(Text("{}")).Nodes[0].Profile.ShouldBe(new ProfileJob());
        CliFixture.Good(Text("{by: data, timeline: true, symbols: /bin/true}")).Nodes[0].Profile
            .ShouldBe(new ProfileJob { By = ProfileChoice.Data, Timeline = true, Symbols = "/bin/true" });
        CliFixture.Good(Text("{timeline: true}", "events: {level: off}")).Nodes[0].Profile.Timeline.ShouldBeTrue();
        CliFixture.Good(Text("{by: code}", "    cores: {model: {branchPredictor: gshare}}")).Nodes[0].Profile.By
            .ShouldBe(ProfileChoice.Code);
    }

    [Theory]
    [InlineData("{by: codes}", "", "code", "DL0106")]
    [InlineData("{symbols: /bin/true}", "", "no profile that could use them", "DL0201")]
    [InlineData("{by: code}", "events: {level: off}", "does not say where the guest is", "DL0813")]
    public void WhatDoesNotGoTogether_IsRefused(string profile, string extra, string message, string code)
    {
        string told = CliFixture.Mistakes(Text(profile, extra));
        told.ShouldContain(message);
        told.ShouldContain($"[{code}]");
    }

    [Fact]
    public void APeerThatTimesMemory_AndKvm_AreRefused()
    {
        string told = CliFixture.Mistakes("""
            apiVersion: dilaton/v1
            nodes:
              - memory: {peer: other}
                profile: {by: code}
                guest:
                  program: {path: /bin/true}
              - engine: kvm
                profile: {by: code}
                guest:
                  program: {path: /bin/true}
            time: {mode: dilated}
            peers:
              - {name: other, kind: command, program: /bin/true, minLatency: 50ns}
            """);
        told.ShouldContain("[DL0812]");
        told.ShouldContain("nodes[1].profile: it needs an engine that has SeesEveryAccess");
    }

    private static string Text(string profile, string extra = "") => $$"""
        apiVersion: dilaton/v1
        nodes:
          - profile: {{profile}}
            guest:
              program: {path: /bin/true}
        {{extra}}
        """;
}
