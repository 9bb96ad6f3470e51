using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>`dilaton sst info`.</summary>
public sealed class SstInfoTests
{
    [SstFact]
    public void ALibraryOfSst_IsDescribed()
    {
        CommandResult all = Command.Run(Paths.Dilaton, ["sst", "info"]);
        all.ExitCode.ShouldBe(0, all.Error);
        all.Output.ShouldContain("memHierarchy");
        CommandResult library = Command.Run(Paths.Dilaton, ["sst", "info", "memHierarchy"]);
        library.Output.ShouldContain("standardInterface");
        library.Output.ShouldContain("SST::Interfaces::StandardMem");
        CommandResult cache = Command.Run(
            Paths.Dilaton, ["sst", "info", "memHierarchy.Cache", "--json"]);
        cache.ExitCode.ShouldBe(0, cache.Error);
        JsonNode element = JsonNode.Parse(cache.Output)!["libraries"]![0]!["elements"]![0]!;
        element["parameters"]!.AsArray()
            .Select(p => p!["name"]!.GetValue<string>()).ShouldContain("cache_size");
        element["statistics"]!.AsArray()
            .Select(p => p!["name"]!.GetValue<string>()).ShouldContain("MSHR_occupancy");
    }

    [SstFact]
    public void OurLibrary_IsDescribedAndBuiltForIt()
    {
        CommandResult ours = Command.Run(Paths.Dilaton, ["sst", "info", "dilaton.Vcpus"]);
        ours.ExitCode.ShouldBe(0, ours.Error);
        ours.Output.ShouldContain("max_outstanding");
        ours.Output.ShouldContain("cache_link_%(vcpus)d");
        ours.Output.ShouldContain("overload_lag");
    }

    [SstTheory]
    [InlineData("memHierarchi", "did you mean 'memHierarchy'?")]
    [InlineData("memHierarchy.Cahce", "did you mean 'memHierarchy.Cache'?")]
    public void WhatSstDoesNotHave_HasItsNearestName(string name, string help)
    {
        CommandResult result = Command.Run(Paths.Dilaton, ["sst", "info", name]);
        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain(help);
    }

    [Fact]
    public void WithoutSst_ItSaysWhatToDo()
    {
        CommandResult result = SstHost.WithoutSst(["sst", "info", "memHierarchy"]);
        result.ExitCode.ShouldBe(6, result.Error);
        result.Error.ShouldContain("SST is missing");
        result.Error.ShouldContain("sst-simulator.org");
    }
}
