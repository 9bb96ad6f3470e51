using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>Stall by cause, in cost units; the causes' sum is the stall.</summary>
public sealed class StallStack
{
    public const int Causes = (int)StallCause.Tlb + 1;

    private readonly ulong[] _units = new ulong[Causes];

    public ulong this[StallCause cause] => _units[(int)cause];

    /// <summary>HOT: per stall.</summary>
    public void Add(StallCause cause, ulong units) => _units[(int)cause] = checked(_units[(int)cause] + units);

    public void CopyFrom(StallStack other)
    {
        ArgumentNullException.ThrowIfNull(other);
        other._units.CopyTo(_units, 0);
    }

    /// <summary>Says that so much of one cause was of another; at most what there is.</summary>
    public void Move(StallCause from, StallCause to, ulong units)
    {
        ulong moved = Math.Min(units, _units[(int)from]);
        _units[(int)from] -= moved;
        _units[(int)to] += moved;
    }

    /// <summary>Grows by so much towards another stack, whose sum is then the same. No cause shrinks, so
    /// what was told of one remains.</summary>
    public void GrowTowards(StallStack other, ulong units)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i < Causes && units > 0; i++)
        {
            ulong lacks = other._units[i] > _units[i] ? other._units[i] - _units[i] : 0;
            ulong given = Math.Min(units, lacks);
            _units[i] += given;
            units -= given;
        }

        Invariant.Require(units == 0, "a stall has no cause");
    }
}
