namespace Dilaton.Protocol;

/// <summary>Answers of an interval in a payload, in the order in which they came. Valid as long as the
/// payload is.</summary>
public readonly ref struct AnswerView
{
    internal AnswerView(ReadOnlySpan<ulong> records, ReadOnlySpan<ulong> latenciesPs)
    {
        Records = records;
        LatenciesPs = latenciesPs;
    }

    public int Count => Records.Length;

    /// <summary>Per answer, how many records of its vCPU had been sent before the one answered.</summary>
    public ReadOnlySpan<ulong> Records { get; }

    public ReadOnlySpan<ulong> LatenciesPs { get; }
}
