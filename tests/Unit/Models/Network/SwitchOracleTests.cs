using Dilaton.Core;
using Dilaton.Models.Network;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class SwitchOracleTests
{
    private const int Ports = 4;
    private const int BufferBytes = 1500;

    [Fact]
    public void RandomTraffic_QueuesDropsAndArrives_AsStepByStep() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            var sent = Traffic(random);
            FabricNetwork network = TestNetworks.Star(
                TestNetworks.Host with { BufferBytes = BufferBytes }, Ports);
            List<string> found = TrafficRun.Play(network,
                [.. sent.Select(s =>
                    NetworkFrames.Departure(s.Time, s.From, s.To, s.Bytes, s.Number))], null);
            List<string> slow =
                new SlowSwitch(Ports, 8_000, 1_000_000, 300_000, BufferBytes).Run(sent);
            found.Order().ShouldBe(slow.Order(), $"seed {seed}");
        }).CheckSeeded();

    // Sizes and times in steps of 50 B, so that much happens at equal times.
    private static List<(ulong Time, int From, int To, int Bytes, uint Number)> Traffic(
        Random random)
    {
        List<(ulong Time, int From, int To, int Bytes, uint Number)> sent = [];
        for (uint i = 0; i < 80; i++)
        {
            int from = random.Next(Ports);
            int to = random.Next(3) == 0 ? (from + random.Next(1, Ports)) % Ports : from == 0 ? 1 : 0;
            sent.Add(((ulong)random.Next(60) * 400_000, from, to, random.Next(1, 12) * 50, i));
        }

        return [.. sent.OrderBy(s => s.Time).ThenBy(s => s.From).ThenBy(s => s.Number)];
    }
}
