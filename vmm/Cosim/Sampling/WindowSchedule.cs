using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Which instructions are measured. Each period of M is cut into units of N; one of them, drawn
/// evenly by lot, is its window: stratified sampling with one unit a stratum (W. G. Cochran, Sampling
/// Techniques, 3rd ed., ch. 5), every instruction with the same probability N / M, and no rhythm of the
/// program's in step with it. Lots are SplitMix64's (G. Steele et al., OOPSLA 2014).
/// <code>
///   ooooooo│   period 0 of M          │  period 1            o opening, w warm-up, N window
///          │......wwNN................│....wwNN...
///          │        lot x N           │      next lot
/// </code>
/// One that passes the end of a phase, as several vCPUs do by what their slices are long, begins the next
/// one late: windows keep their length, and what is between them takes the difference.</summary>
public sealed class WindowSchedule
{
    private readonly ulong _period;
    private readonly ulong _window;
    private readonly ulong _warmup;
    private readonly ulong _opening;
    private ulong _state;
    private ulong _stratum;
    private ulong _windowAt;
    private ulong _end;

    public WindowSchedule(
        ulong openingInstructions,
        ulong periodInstructions,
        ulong windowInstructions,
        ulong warmupInstructions,
        ulong seed)
    {
        Invariant.Require(windowInstructions > 0 && periodInstructions % windowInstructions == 0);
        _period = periodInstructions;
        _window = windowInstructions;
        _warmup = warmupInstructions;
        _opening = openingInstructions;
        _state = seed;
        _stratum = openingInstructions;
        _windowAt = checked(_stratum + Draw());
        Approach();
    }

    public SamplePhase Phase { get; private set; }

    /// <summary>Instructions so far.</summary>
    public ulong Position { get; private set; }

    /// <summary>Instructions to the end of the phase.</summary>
    public ulong Left => _end > Position ? _end - Position : 0;

    /// <summary>The phase has all its instructions.</summary>
    public bool IsOver => Left == 0;

    /// <summary>HOT: per slice.</summary>
    public void Pass(ulong instructions) => Position = checked(Position + instructions);

    /// <summary>Begins the next phase, which has an instruction at least.</summary>
    public void Next()
    {
        Invariant.Require(IsOver, "a phase ends with its last instruction");
        if (Phase == SamplePhase.Window)
        {
            _stratum = checked(_stratum + _period);
            _windowAt = checked(_stratum + Draw());
        }

        Approach();
    }

    private void Approach()
    {
        ulong warmupAt = _windowAt - Math.Min(_windowAt, _warmup);
        (Phase, _end) = Position < _opening ? (SamplePhase.Opening, _opening)
            : Position < warmupAt ? (SamplePhase.FastForward, warmupAt)
            : Position < _windowAt ? (SamplePhase.Warmup, _windowAt)
            : (SamplePhase.Window, checked(Position + _window));
    }

    /// <returns>Where in its period a window begins.</returns>
    private ulong Draw()
    {
        ulong value = _state += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        value ^= value >> 31;
        return (ulong)(((UInt128)value * (_period / _window)) >> 64) * _window;
    }
}
