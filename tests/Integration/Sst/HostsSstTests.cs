using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>SST on another host than the node that it times.</summary>
public sealed class HostsSstTests
{
    [SstTheory]
    [InlineData("h0", "h1")]
    [InlineData("h1", "h0")]
    public void SstOnAnotherHost_GivesTheSameBytes(string node, string peer)
    {
        Run here = SstJob.RunExample("l2");
        string job = File.ReadAllText(SstJob.Example("l2.yaml"))
            .Replace("docs/examples/sst/l2.py", SstJob.Example("l2.py"), StringComparison.Ordinal)
            .Replace("name: node0", $"name: node0\n    host: {node}", StringComparison.Ordinal)
            .Replace("kind: sst,", $"kind: sst, host: {peer},", StringComparison.Ordinal);
        Run spread = Run.Job(job + HostsJob.Hosts(HostsJob.Launch, "127.0.0.1", "127.0.0.2"));
        here.ExitCode.ShouldBe(0, here.Error);
        spread.Deterministic.ShouldBe(here.Deterministic, spread.Error);
        spread.Files[SstJob.Statistics].ShouldBe(here.Files[SstJob.Statistics]);
    }
}
