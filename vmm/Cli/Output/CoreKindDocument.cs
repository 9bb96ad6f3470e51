using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("Cores of one kind, of a node whose cores are not alike (cores.kinds).")]
internal sealed record CoreKindDocument
{
    [Description("Number of its first core.")]
    public required int First { get; init; }

    [Description("How many there are.")]
    public required int Count { get; init; }

    [Description("Clock rate of each at the start, in hertz.")]
    public required ulong FrequencyHz { get; init; }

    [Description("inorder or interval.")]
    public required string Model { get; init; }

    [Description("Cycles per instruction before any stall.")]
    public required string Cpi { get; init; }

    [Description("Instructions that they executed, since the guest last reset its statistics.")]
    public required ulong Instructions { get; init; }

    public static IReadOnlyList<CoreKindDocument> Of(NodeRecord run)
    {
        CoresJob cores = run.Node.Cores;
        List<CoreKindDocument> kinds = [];
        int first = 0;
        foreach (CoreKindJob kind in cores.Kinds)
        {
            HashSet<string> names =
            [
                .. Enumerable.Range(first, kind.Count).Select(i => $"{run.Node.Name}.vcpu{i}.instructions"),
            ];
            kinds.Add(new CoreKindDocument
            {
                First = first,
                Count = kind.Count,
                FrequencyHz = cores.ClockOf(kind).Hertz,
                Model = JobChoices.CoreModel.WordOf(kind.Model.Kind),
                Cpi = RatioText.Format(kind.Model.Cpi),
                Instructions = (ulong)run.Statistics.Where(item => names.Contains(item.Name))
                    .Aggregate(UInt128.Zero, (sum, item) => sum + item.Value),
            });
            first += kind.Count;
        }

        return kinds;
    }
}
