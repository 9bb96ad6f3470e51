using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class SstGraphCheckTests
{
    private const string Good = """
        {
          "components": [
            {"name": "c0", "type": "mem.Cache",
             "params": {"size": "1KiB", "ways": "8", "bank.count": "2", "peer7": "x",
                        "mapper": "mem.flat", "mapper.grain": "4KiB"},
             "subcomponents": [
               {"slot_name": "prefetcher", "slot_number": 0, "type": "mem.Ahead",
                "params": {"depth": "4"}}]},
            {"name": "s", "type": "Solo"}
          ],
          "statistics_group": null,
          "links": null
        }
        """;

    [Fact]
    public void WhatTheLibrariesDescribe_IsGood()
    {
        (string text, int count) = Check(Good);
        text.ShouldBeEmpty();
        count.ShouldBe(3);
    }

    [Theory]
    [InlineData("mem.Cache", "mem.Cahce", "error: peer: c0: SST's library mem has no element 'Cahce'")]
    [InlineData("mem.Cache", "mem.Cahce", "did you mean 'mem.Cache'?")]
    [InlineData("mem.Cache", "mme.Cache", "error: peer: c0: SST has no element library 'mme'")]
    [InlineData("mem.Ahead", "mem.Ahaed", "c0:prefetcher[0]: SST's library mem has no element")]
    [InlineData("\"ways\"", "\"wayz\"", "warning: peer: c0: mem.Cache describes no parameter 'wayz'")]
    [InlineData("\"ways\"", "\"wayz\"", "did you mean 'ways'?")]
    [InlineData("bank.count", "bank.coutn", "did you mean 'bank.count'?")]
    [InlineData("mapper.grain", "mapper.grian", "mem.flat describes no parameter 'grian'")]
    [InlineData("\"depth\"", "\"detph\"", "c0:prefetcher[0]: mem.Ahead describes no parameter")]
    [InlineData("peer7", "peerX", "describes no parameter 'peerX'")]
    [InlineData("slot_name\": \"prefetcher", "slot_name\": \"prefetch", "describes no slot 'prefetch'")]
    public void WhatTheyDoNot_IsNamedWithItsPlace(string good, string bad, string message) =>
        Check(Good.Replace(good, bad, StringComparison.Ordinal)).Text.ShouldContain(message);

    [Fact]
    public void AModuleOfADefault_ReadsTheParametersBehindItsName() =>
        Check(Good.Replace("\"mapper\": \"mem.flat\", ", "", StringComparison.Ordinal))
            .Text.ShouldBeEmpty();

    [Fact]
    public void TheSameMistakeInManyParts_IsToldOnce()
    {
        string many = string.Join(", ", Enumerable.Range(0, 20).Select(i =>
            $$$"""{"name": "c{{{i}}}", "type": "mem.Cache", "params": {"wayz": "1"}}"""));
        string text = Check($$"""{"components": [{{many}}]}""").Text;
        text.ShouldContain("c0 (and of 19 more): mem.Cache describes no parameter 'wayz'");
        text.Split("wayz").Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("[]", "it is no JSON object")]
    [InlineData("{", "depth")]
    [InlineData("{}", "it has no list `components`")]
    [InlineData("""{"components": [1]}""", "holds what is no object")]
    [InlineData("""{"components": [{"name": "a"}]}""", "component 'a' has no name or type")]
    public void WhatIsNoGraph_IsSaid(string text, string why)
    {
        SstGraph.Parse(text, out string said).ShouldBeNull();
        said.ShouldContain(why);
    }

    [Theory]
    [InlineData("FATAL: can't find requested component or subcomponent 'mem.Cahce'\n",
        "peer: SST's library mem has no element 'Cahce'")]
    [InlineData("FATAL: can't find requested component or subcomponent 'mem.Cahce'\n", "'mem.Cache'?")]
    [InlineData("ERROR:  connect to unknown port: upp, in component c0 of type mem.Cache.\n",
        "peer: c0: mem.Cache has no port 'upp'")]
    [InlineData("ERROR:  connect to unknown port: upp, in component c0 of type mem.Cache.\n", "'up'?")]
    [InlineData("Traceback\nNameError: x\n", "g.py can't be read; SST's last lines: [DL0207]\n  Traceback")]
    [InlineData("can't find requested component 'mem.Cache'\n", "g.py can't be read")]
    public void WhySstBuiltNoGraph_IsSaid(string output, string message)
    {
        DiagnosticBag bag = new();
        SstFailure.Report(output, "g.py", SstSamples.Catalogue(), "peer: ", bag);
        bag.HasErrors.ShouldBeTrue();
        bag.Print().ShouldContain(message);
    }

    private static (string Text, int Count) Check(string graph)
    {
        DiagnosticBag bag = new();
        SstGraph parsed = SstGraph.Parse(graph, out string why)
            ?? throw new InvalidOperationException(why);
        int count = new SstGraphCheck(SstSamples.Catalogue(), "peer: ", bag).Check(parsed);
        return (bag.Print(), count);
    }
}
