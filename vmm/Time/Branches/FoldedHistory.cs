namespace Dilaton.Time;

/// <summary>The last outcomes, the youngest in bit 0, cut into pieces that are exclusive-ored; kept up to
/// date by one rotation per branch (Michaud, "A PPM-like, tag-based branch predictor", JILP 7,
/// 2005).</summary>
/// <param name="length">Outcomes that it has.</param>
/// <param name="bits">Of a piece.</param>
internal struct FoldedHistory(int length, int bits)
{
    public uint Value { get; private set; }

    /// <param name="oldest">The outcome that is <c>length</c> branches old now and leaves.</param>
    public void Push(bool youngest, bool oldest)
    {
        uint value = (Value << 1) | (youngest ? 1U : 0);
        value ^= oldest ? 1U << (length % bits) : 0;
        value ^= value >> bits;
        Value = value & ((1U << bits) - 1);
    }
}
