using Dilaton.Time;

namespace Dilaton.Tests.Unit;

/// <summary>The predictors again, written for plainness: whole histories, folded anew each time, and tables that
/// are dictionaries.</summary>
internal sealed class PredictorOracle(BranchPredictorKind kind, int entries)
{
    private const int TagBits = 11;
    private static readonly int[] s_lengths = [5, 15, 44, 128];

    private readonly List<bool> _youngestLast = [];
    private readonly Dictionary<ulong, int> _counters = [];
    private readonly Dictionary<(int Table, ulong Index), (ulong Tag, int Counter, int Useful)> _tagged = [];
    private int _distrust = 8;

    public bool Predict(ulong address, bool isTaken)
    {
        ulong index = (kind == BranchPredictorKind.Gshare
            ? address ^ Fold((int)Math.Log2(entries), (int)Math.Log2(entries))
            : address) % (ulong)entries;
        bool predicted = kind == BranchPredictorKind.Tage
            ? PredictTagged(address, index, isTaken)
            : CountAt(index, isTaken);
        _youngestLast.Add(isTaken);
        if (kind == BranchPredictorKind.Tage && _youngestLast.Count % (1 << 18) == 0)
        {
            int kept = _youngestLast.Count / (1 << 18) % 2 == 1 ? 1 : 2;
            foreach ((int, ulong) key in _tagged.Keys.ToArray())
            {
                _tagged[key] = _tagged[key] with { Useful = _tagged[key].Useful & kept };
            }
        }

        return predicted;
    }

    private bool CountAt(ulong index, bool isTaken)
    {
        int counter = _counters.GetValueOrDefault(index, 1);
        _counters[index] = Math.Clamp(counter + (isTaken ? 1 : -1), 0, 3);
        return counter >= 2;
    }

    private bool PredictTagged(ulong address, ulong index, bool isTaken)
    {
        int indexBits = (int)Math.Log2(entries / 4);
        var keys = new (int, ulong)[4];
        var tags = new ulong[4];
        for (int i = 0; i < 4; i++)
        {
            keys[i] = (i, (address ^ (address >> indexBits) ^ Fold(s_lengths[i], indexBits)) % (ulong)(entries / 4));
            tags[i] = (address ^ Fold(s_lengths[i], TagBits) ^ (Fold(s_lengths[i], TagBits - 1) << 1)) % (1 << TagBits);
        }

        int[] matching =
        [
            .. Enumerable.Range(0, 4).Where(i => _tagged.TryGetValue(keys[i], out var e) && e.Tag == tags[i]),
        ];
        bool ofBase = _counters.GetValueOrDefault(index, 1) >= 2;
        bool fallback = matching.Length > 1 ? _tagged[keys[matching[^2]]].Counter >= 0 : ofBase;
        bool predicted = ofBase;
        int provider = -1;
        if (matching.Length == 0)
        {
            CountAt(index, isTaken);
        }
        else
        {
            provider = matching[^1];
            (ulong tag, int counter, int useful) = _tagged[keys[provider]];
            bool isNew = useful == 0 && counter is 0 or -1;
            predicted = isNew && _distrust >= 8 ? fallback : counter >= 0;
            if (counter >= 0 != fallback)
            {
                _distrust = isNew ? Math.Clamp(_distrust + (fallback == isTaken ? 1 : -1), 0, 15) : _distrust;
                useful = Math.Clamp(useful + (counter >= 0 == isTaken ? 1 : -1), 0, 3);
            }

            _tagged[keys[provider]] = (tag, Math.Clamp(counter + (isTaken ? 1 : -1), -4, 3), useful);
        }

        if (predicted != isTaken)
        {
            GiveEntry(keys, tags, provider, isTaken);
        }

        return predicted;
    }

    private void GiveEntry((int, ulong)[] keys, ulong[] tags, int provider, bool isTaken)
    {
        int[] longer = [.. Enumerable.Range(provider + 1, 3 - provider)];
        int free = Array.Find(longer, i => !_tagged.TryGetValue(keys[i], out var e) || e.Useful == 0);
        if (longer.Contains(free) && (!_tagged.TryGetValue(keys[free], out var old) || old.Useful == 0))
        {
            _tagged[keys[free]] = (tags[free], isTaken ? 0 : -1, 0);
            return;
        }

        foreach (int i in longer)
        {
            _tagged[keys[i]] = _tagged[keys[i]] with { Useful = Math.Max(0, _tagged[keys[i]].Useful - 1) };
        }
    }

    /// <summary>The last outcomes in pieces of so many bits, the youngest in bit 0, exclusive-ored.</summary>
    private ulong Fold(int length, int bits)
    {
        ulong folded = 0;
        for (int i = 0; i < length && i < _youngestLast.Count; i++)
        {
            folded ^= _youngestLast[^(i + 1)] ? 1UL << (i % bits) : 0;
        }

        return folded;
    }
}
