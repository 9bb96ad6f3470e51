using System.Globalization;

namespace Dilaton.Cli;

/// <summary>Nodes that send over TCP as fast as they may, each to one that takes it.</summary>
internal static class TcpFlows
{
    private const uint FirstAddress = 0x0a00_0001;

    /// <summary>Sinks first, then the sources, in the order of their sinks. Of one flow they are
    /// called sink and source, of more sink0, source0 and so on.</summary>
    /// <param name="windowBytes">Of the sinks; 0: as it grows.</param>
    /// <param name="fromMs">Bytes are counted from here on: slow start is over.</param>
    public static IReadOnlyList<LawNode> Nodes(int flows, int windowBytes, int fromMs, int toMs)
    {
        const ulong NanosecondsPerMillisecond = 1_000_000;
        byte[] sink = LawGuests.Sink(
            windowBytes,
            (ulong)fromMs * NanosecondsPerMillisecond,
            (ulong)toMs * NanosecondsPerMillisecond);
        List<LawNode> nodes = [];
        for (int i = 0; i < flows; i++)
        {
            nodes.Add(new LawNode(Name("sink", i, flows), sink));
        }

        for (int i = 0; i < flows; i++)
        {
            nodes.Add(new LawNode(
                Name("source", i, flows), LawGuests.Source(FirstAddress + (uint)i)));
        }

        return nodes;
    }

    /// <returns>Bits per second that the sink took.</returns>
    public static double Rate(LawRun run, string sink)
    {
        ulong[] said = run.Numbers(sink);
        return said[0] * 8e9 / (said[2] - said[1]);
    }

    private static string Name(string what, int index, int flows) =>
        flows == 1 ? what : $"{what}{index.ToString(CultureInfo.InvariantCulture)}";
}
