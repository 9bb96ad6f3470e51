namespace Dilaton.Tests.Unit.Models;

/// <summary>Predictions as the paper's figure has them: step by step until a 3 is found.</summary>
internal sealed class SlowRrip(int ways, SlowFills? bimodal) : SlowSet(ways)
{
    private readonly int[] _predictions = new int[ways];

    protected override void Touch(int way) => _predictions[way] = 0;

    protected override void Fill(int way)
    {
        bool isLong = bimodal is null || ++bimodal.Count % 32 == 0;
        _predictions[way] = isLong ? 2 : 3;
    }

    protected override int Choose(bool second)
    {
        while (!_predictions.Contains(3))
        {
            for (int i = 0; i < _predictions.Length; i++)
            {
                _predictions[i]++;
            }
        }

        return Array.IndexOf(_predictions, 3);
    }
}
