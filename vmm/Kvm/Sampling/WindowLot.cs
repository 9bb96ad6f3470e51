namespace Dilaton.Kvm;

/// <summary>When a vCPU's detail windows begin, in its run time: one in each period, at a time drawn
/// evenly (stratified sampling; W. G. Cochran, Sampling Techniques, ch. 5). Lots are SplitMix64's
/// (G. Steele et al., OOPSLA 2014).</summary>
internal sealed class WindowLot
{
    private readonly ulong _period;
    private ulong _state;
    private ulong _periodBegin;
    private ulong _ran;

    public WindowLot(long periodNanoseconds, ulong seed)
    {
        _period = (ulong)periodNanoseconds;
        _state = seed;
        NextAt = Draw() % _period;
    }

    public ulong NextAt { get; private set; }

    /// <summary>Run time before the next window; 0: it is due.</summary>
    public long Left => (long)(NextAt - Math.Min(NextAt, _ran));

    public void Ran(long nanoseconds) => _ran += (ulong)nanoseconds;

    /// <summary>A window has begun: the next one is that of the next period, or of the one that is in
    /// course.</summary>
    public void Begun()
    {
        ulong passed = Math.Max(1, (_ran - _periodBegin) / _period);
        _periodBegin += passed * _period;
        NextAt = _periodBegin + (Draw() % _period);
    }

    private ulong Draw()
    {
        ulong value = _state += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
