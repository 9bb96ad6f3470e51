using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>Tells what a vCPU did since it was last asked, in whole picoseconds that sum up to what
/// its clock went on by. The rounding of each part is carried on, so that over any number of calls a
/// part is less than 2 ps from its units' exact time; a change of frequency begins anew.</summary>
internal sealed class VcpuTally
{
    private const int Parts = 4;
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;

    private readonly ulong[] _units = new ulong[Parts];
    private readonly ulong[] _whole = new ulong[Parts];

    // What a part was given too little, in picoseconds x units by second.
    private readonly Int128[] _owed = new Int128[Parts];
    private int _segment;
    private ulong _instructions;

    /// <summary>Where the clock stood when it was last asked.</summary>
    public VirtualTime Told { get; private set; }

    /// <param name="instructions">Retired since power-on.</param>
    public TimelineAmounts Take(VcpuClock clock, ulong instructions)
    {
        if (_segment != clock.Segments.Count)
        {
            // It was asked just before the change.
            _segment = clock.Segments.Count;
            Array.Clear(_owed);
        }

        Int128 perSecond = checked((Int128)clock.Frequency.Hertz * clock.UnitsPerCycle);
        ulong total = (clock.Now - Told).Picoseconds;
        ulong sum = Part(0, clock.ExecutedUnits, perSecond);
        sum += Part(1, clock.StallUnits, perSecond);
        sum += Part(2, clock.KernelUnits, perSecond);
        sum += Part(3, clock.WaitingUnits, perSecond);
        Balance(total, sum, perSecond);
        ulong retired = instructions - _instructions;
        _instructions = instructions;
        Told = clock.Now;
        return new TimelineAmounts(_whole[0], _whole[1], _whole[2], _whole[3], retired);
    }

    private ulong Part(int part, ulong units, Int128 perSecond)
    {
        Int128 exact = checked(
            ((Int128)(units - _units[part]) * PicosecondsPerSecond) + _owed[part]);
        ulong whole = exact < 0 ? 0
            : exact <= ulong.MaxValue && perSecond <= ulong.MaxValue ? (ulong)exact / (ulong)perSecond
            : checked((ulong)(exact / perSecond));
        _units[part] = units;
        _whole[part] = whole;
        _owed[part] = exact - (whole * perSecond);
        return whole;
    }

    /// <summary>The clock rounds the sum, not the parts: who is owed most gets what is missing, who
    /// is owed least gives what is too much.</summary>
    private void Balance(ulong total, ulong sum, Int128 perSecond)
    {
        Invariant.Require(total < sum + Parts + 1 && sum < total + Parts + 1);
        for (; sum < total; sum++)
        {
            int most = 0;
            for (int i = 1; i < Parts; i++)
            {
                most = _owed[i] > _owed[most] ? i : most;
            }

            _whole[most]++;
            _owed[most] -= perSecond;
        }

        for (; sum > total; sum--)
        {
            int least = -1;
            for (int i = 0; i < Parts; i++)
            {
                least = _whole[i] > 0 && (least < 0 || _owed[i] < _owed[least]) ? i : least;
            }

            _whole[least]--;
            _owed[least] += perSecond;
        }
    }
}
