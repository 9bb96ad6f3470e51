using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>From a job's `memory.trace` to the file that is written.</summary>
internal static class TraceMapping
{
    /// <summary>Told in files that have a place for it.</summary>
    public const string Origin = "dilaton";

    /// <summary>Null: none.</summary>
    public static TraceFormat? FormatOf(TraceChoice choice) => choice switch
    {
        TraceChoice.Dilaton => TraceFormat.Dilaton,
        TraceChoice.Prospero => TraceFormat.Prospero,
        TraceChoice.ProsperoBinary => TraceFormat.ProsperoBinary,
        TraceChoice.Gem5 => TraceFormat.Gem5,
        _ => null,
    };

    public static string WordOf(TraceFormat format) => JobChoices.Trace.Words[(int)format + 1];

    /// <summary>Name of the file in the node's folder.</summary>
    public static string FileOf(TraceFormat format) => format switch
    {
        TraceFormat.Prospero => "requests.prospero",
        TraceFormat.ProsperoBinary => "requests.prospero.bin",
        TraceFormat.Gem5 => "requests.gem5.gz",
        _ => "requests.txt",
    };

    /// <summary>Null: the node writes no trace.</summary>
    public static TraceWriter? Open(NodeJob node, string folder)
    {
        if (FormatOf(node.Memory.Trace) is not { } format)
        {
            return null;
        }

        Directory.CreateDirectory(folder);
        return new TraceWriter(
            new FileStream(Path.Combine(folder, FileOf(format)), FileMode.Create),
            format,
            node.Cores.Frequency,
            Origin);
    }
}
