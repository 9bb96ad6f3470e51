namespace Dilaton.Models.Memory;

/// <summary>Re-reference interval prediction with hit priority: A. Jaleel, K. Theobald, S. Steely,
/// J. Emer, High Performance Cache Replacement Using Re-Reference Interval Prediction (RRIP) (ISCA
/// 2010), SRRIP-HP and BRRIP with M = 2.
/// 1. A hit makes the line's prediction 0, near-immediate.
/// 2. A fill makes it 2, long; with BRRIP 3, distant, save every 32nd fill of the cache.
/// 3. The victim is the first way of prediction 3; if there is none, all grow by one until there is.
/// </summary>
internal sealed class RripPolicy : WayPolicy
{
    public const byte Distant = 3;
    public const byte Long = 2;

    /// <summary>1 by the paper's probability of a long prediction.</summary>
    public const int BimodalInterval = 32;

    private readonly byte[] _predictions;
    private readonly int _ways;
    private readonly bool _isBimodal;
    private int _fills;

    public RripPolicy(int sets, int ways, bool isBimodal)
    {
        _predictions = new byte[checked(sets * ways)];
        _ways = ways;
        _isBimodal = isBimodal;
    }

    public override void Use(int set, int way) => _predictions[(set * _ways) + way] = 0;

    public override void Fill(int set, int way)
    {
        byte prediction = Long;
        if (_isBimodal)
        {
            _fills = (_fills + 1) % BimodalInterval;
            prediction = _fills == 0 ? Long : Distant;
        }

        _predictions[(set * _ways) + way] = prediction;
    }

    public override int Victim(int set, int spared)
    {
        Span<byte> predictions = _predictions.AsSpan(set * _ways, _ways);
        byte most = 0;
        int victim = 0;
        for (int way = 0; way < predictions.Length; way++)
        {
            if (predictions[way] > most)
            {
                (most, victim) = (predictions[way], way);
            }
        }

        byte growth = (byte)(Distant - most);
        foreach (ref byte prediction in predictions)
        {
            prediction += growth;
        }

        return victim;
    }

    internal override string Describe() => $"{_fills}:{string.Join(',', _predictions)}";
}
