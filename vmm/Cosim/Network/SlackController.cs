using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>How much further than the lookahead allows nodes may go: the excess. `adaptive` looks
/// at it after every few frames: with more than their share of all frames so far late it is halved,
/// else it grows by an eighth of the lookahead. Host time plays no part.</summary>
internal sealed class SlackController
{
    private const int WindowFrames = 32;
    private const int WindowRounds = 256;

    private readonly VirtualDuration _step;
    private readonly bool _isAdaptive;
    private readonly ulong _target;
    private int _rounds;
    private int _windowFrames;
    private ulong _frames;
    private ulong _late;

    public SlackController(ClusterOptions options, VirtualDuration lookahead)
    {
        _step = new VirtualDuration(Math.Max(1, lookahead.Picoseconds / 8));
        _isAdaptive = options.Sync == ClusterSync.Adaptive;
        _target = (ulong)options.LatePerMille;
        VirtualDuration slack = options.Sync switch
        {
            ClusterSync.Strict => VirtualDuration.Zero,
            ClusterSync.Free => ClusterOptions.SlackMax,
            _ => options.Slack,
        };
        ExcessMax = slack > lookahead ? slack - lookahead : VirtualDuration.Zero;
        Excess = _isAdaptive ? VirtualDuration.Zero : ExcessMax;
    }

    /// <summary>No frame comes later than this; max(0, S - L).</summary>
    public VirtualDuration ExcessMax { get; }

    public VirtualDuration Excess { get; private set; }

    public void Count(bool isLate)
    {
        _frames++;
        _windowFrames++;
        _late += isLate ? 1UL : 0;
    }

    /// <summary>A round begins.</summary>
    public void NextRound()
    {
        if (!_isAdaptive || (++_rounds < WindowRounds && _windowFrames < WindowFrames))
        {
            return;
        }

        if (_late * 1_000 > _frames * _target)
        {
            Excess = new VirtualDuration(Excess.Picoseconds / 2);
        }
        else
        {
            VirtualDuration more = Excess + _step;
            Excess = more < ExcessMax ? more : ExcessMax;
        }

        _rounds = 0;
        _windowFrames = 0;
    }
}
