namespace Dilaton.Tests.Simulation;

/// <summary>Enumerates what a deterministic program does for every answer to its questions: run it,
/// advance, run it again, until there is nothing else to choose.</summary>
internal sealed class Choices
{
    private readonly List<(int Value, int Count)> _taken = [];
    private int _depth;

    /// <summary>What comes now was not chosen before.</summary>
    public bool IsNew => _depth == _taken.Count;

    public int Next(int count)
    {
        if (_depth == _taken.Count)
        {
            _taken.Add((0, count));
        }

        return _taken[_depth++].Value;
    }

    public bool Advance()
    {
        while (_taken.Count > 0 && _taken[^1].Value + 1 == _taken[^1].Count)
        {
            _taken.RemoveAt(_taken.Count - 1);
        }

        if (_taken.Count == 0)
        {
            return false;
        }

        _taken[^1] = (_taken[^1].Value + 1, _taken[^1].Count);
        _depth = 0;
        return true;
    }

    public override string ToString() => string.Join("", _taken.Select(t => t.Value));
}
