using Dilaton.Core;
using Dilaton.Protocol;
using FsCheck;
using FsCheck.Fluent;

namespace Dilaton.Tests.Unit.Protocol;

/// <summary>Random contents of messages that keep the rules of docs/protocol.md.</summary>
internal static class WireSamples
{
    private const int Kinds = 10;

    public static Gen<WireRecord[]> Records() => Gen.ArrayOf(Gen.Frequency(
        (40, Record(10, 1000)),
        (5, Record(uint.MaxValue, 10)),
        (1, Record(1L << 40, 10)))).Select(MostlyRising);

    private static Gen<WireRecord> Record(long step, int around) =>
        from more in Gen.Choose(-Math.Min(around, 10), around)
        from line in Gen.Choose(0, int.MaxValue)
        from cycles in Gen.Choose(0, int.MaxValue)
        from kind in Gen.Choose(0, Kinds - 1)
        from behind in Gen.Elements(true, false)
        select new WireRecord(
            (ulong)(step + more), (ulong)line * 64, (uint)cycles, (MemoryEventKind)kind, behind);

    // Steps become positions; now and then one falls back.
    private static WireRecord[] MostlyRising(WireRecord[] steps)
    {
        ulong position = 1UL << 50;
        for (int i = 0; i < steps.Length; i++)
        {
            ulong step = steps[i].PositionUnits;
            position = step % 37 == 36 ? position - step : position + step;
            steps[i] = steps[i] with { PositionUnits = position };
        }

        return steps;
    }
}
