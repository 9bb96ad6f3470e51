using System.Text.Json;
using Dilaton.Cli;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class DramJobTests
{
    public static TheoryData<string> Presets => [.. DramPresets.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Presets))]
    public void APresetsName_GivesItsFigures_AndReadsBack(string name)
    {
        Job job = CliFixture.Good(CliFixture.Minimal, $"memory.dram.kind={name}");
        DramJob dram = job.Nodes[0].Memory.Dram;
        BankedDramOptions options = DramPresets.All.Single(p => p.Name == name).Options;
        DramMapping.Options(dram, job.Nodes[0].Memory.Caches.LineSize).ShouldBe(options);
        dram.Bandwidth.BitsPerSecond.ShouldBe((ulong)options.WireBitsPerSecond);
        dram.Latency.ShouldBe(BankedDram.MinLatencyOf(options));

        string json = JsonSerializer.Serialize(job, JobJsonContext.Default.Job);
        JsonSerializer.Serialize(CliFixture.Good(json), JobJsonContext.Default.Job).ShouldBe(json);
        System.Text.Encoding.UTF8.GetString(JobWriter.Write(job, indented: true))
            .ShouldBe(JsonSerializer.Serialize(job, JobJsonContext.Readable.Job));
    }

    [Fact]
    public void Banks_StartFromDdr4Of3200_AndTakeEachFigure()
    {
        DramJob dram = CliFixture.Good(
            CliFixture.Minimal, "memory.dram.kind=banks",
            "memory.dram.channels=4",
            "memory.dram.banks={ranks: 2, groups: 2, perGroup: 8, rowSize: 4KiB, clock: 2GHz, "
                + "mapping: RoBaRaBgCoCh, hash: false, page: closed, controller: 5ns, writeHigh: 20, "
                + "writeLow: 10, rowBus: true, width: 64, burst: 8, "
                + "timings: {cl: 20, ras: 50, rc: 72, faw: 40}}").Nodes[0].Memory.Dram;
        BankedDramOptions options = DramMapping.Options(dram, new ByteSize(64));
        options.ShouldBe(DramPresets.Ddr4Of3200.Options with
        {
            Channels = 4,
            Ranks = 2,
            Groups = 2,
            BanksPerGroup = 8,
            RowSizeBytes = 4096,
            ClockHertz = 2_000_000_000,
            Mapping = AddressMapping.Parse("RoBaRaBgCoCh"),
            BankHash = false,
            Policy = PagePolicy.Closed,
            Controller = Core.VirtualDuration.FromNanoseconds(5),
            WriteHigh = 20,
            WriteLow = 10,
            HasRowBus = true,
            Timings = DramPresets.Ddr4Of3200.Options.Timings with
            {
                Cl = 20,
                Ras = 50,
                Rc = 72,
                Faw = 40,
            },
        });
        dram.Latency.Picoseconds.ShouldBe(5_000UL + (24 * 500));
    }

    [Theory]
    [InlineData("kind: ddr4-3201", "'ddr4-3201' is not one of", "DL0106")]
    [InlineData("{kind: ddr4-3200, banks: {timings: {rc: 70}}}", "timings.rc: 70 is not ras + rp, 52 + 22", "DL0201")]
    [InlineData("{kind: ddr4-3200, banks: {timings: {ras: 20, rc: 42}}}", "timings.ras: 20 is not at least", "DL0201")]
    [InlineData("{kind: ddr4-3200, banks: {timings: {tRC: 70}}}", "timings.tRC: no such key", "DL0101")]
    [InlineData("{kind: ddr4-3200, channels: 3}", "channels: 3 is not a power of two", "DL0201")]
    [InlineData("{kind: ddr4-3200, banks: {mapping: RoRaBa}}", "each of Ro, Ra", "DL0201")]
    [InlineData("{kind: ddr4-3200, latency: 80ns}", "is not a row hit's of kind ddr4-3200", "DL0201")]
    [InlineData("{kind: hbm2, bandwidth: 1GB/s}", "is not that of the wires of kind hbm2, 256GB/s", "DL0201")]
    [InlineData("{kind: ddr4-3200, rates: physical}", "banks can't be dilated", "DL0109")]
    [InlineData("{banks: {ranks: 2}}", "memory of kind flat has none", "DL0201")]
    [InlineData("{kind: flat, latency: 2ms}", "out of range (1ps to 1ms)", "DL0105")]
    public void WhatContradictsItself_IsToldWithItsKey(string dram, string why, string code)
    {
        string value = dram.StartsWith('{') ? dram : $"{{{dram}}}";
        string told = CliFixture.Mistakes(CliFixture.Minimal, $"memory.dram={value}");
        told.ShouldContain(why);
        told.ShouldContain(code);
    }

    [Fact]
    public void ALineThatOneBurstDoesNotMove_IsRefused() => CliFixture.Mistakes(
        CliFixture.Minimal, "memory.dram.kind=ddr4-3200", "memory.caches.lineSize=128B")
        .ShouldContain("one command moves one line");
}
