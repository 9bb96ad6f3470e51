namespace Dilaton.Time;

/// <summary>Two-bit counters: 2 and 3 predict taken. All begin at 1.</summary>
internal sealed class SaturatingCounters
{
    private const byte Max = 3;
    private const byte WeaklyNotTaken = 1;

    private readonly byte[] _counters;

    public SaturatingCounters(int entries)
    {
        _counters = new byte[entries];
        Array.Fill(_counters, WeaklyNotTaken);
    }

    public int Mask => _counters.Length - 1;

    public bool IsTaken(int index) => _counters[index] > WeaklyNotTaken;

    public void Learn(int index, bool isTaken)
    {
        ref byte counter = ref _counters[index];
        if (isTaken && counter < Max)
        {
            counter++;
        }
        else if (!isTaken && counter > 0)
        {
            counter--;
        }
    }
}
