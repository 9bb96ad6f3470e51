using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Tests.Unit.Models;

/// <summary>Requests by chance: bursts and lulls, streams, a few hot rows, and anything.</summary>
internal static class DramTraffic
{
    public static MemoryRequest[] Random(int seed, int count)
    {
        Random random = new(seed);
        MemoryRequest[] requests = new MemoryRequest[count];
        ulong at = 0;
        ulong stream = 0;
        for (int i = 0; i < count; i++)
        {
            at += random.Next(8) switch
            {
                0 => (ulong)random.Next(400_000),
                < 4 => (ulong)random.Next(5_000),
                _ => (ulong)random.Next(200),
            };
            ulong line = random.Next(4) switch
            {
                0 => (ulong)random.Next(1 << 24) * 64,
                1 => (ulong)((random.Next(8) << 18) + (random.Next(16) * 64)),
                2 => (stream += 64) + (1UL << 30),
                _ => (ulong)(random.Next(3) << 22),
            };
            bool isWrite = random.Next(5) < 2;
            requests[i] = new MemoryRequest(
                new VirtualTime(at), new VcpuId(0), (uint)i, line,
                isWrite ? MemoryEventKind.Writeback : MemoryEventKind.Load);
        }

        return requests;
    }

    public static VirtualDuration[] Serve(BankedDram dram, params MemoryRequest[] requests)
    {
        VirtualDuration[] latencies = new VirtualDuration[requests.Length];
        dram.Weave(requests, latencies);
        return latencies;
    }

    /// <returns>All commands up to some refreshes after the last request.</returns>
    public static List<DramCommand> Log(BankedDramOptions options, MemoryRequest[] requests)
    {
        List<DramCommand> log = [];
        BankedDram dram = new("dram", options);
        dram.LogCommands(log.Add);
        Serve(dram, requests);
        dram.AdvanceTo(requests[^1].At + VirtualDuration.FromMicroseconds(50));
        return log;
    }
}
