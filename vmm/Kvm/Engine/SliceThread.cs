using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>The thread that runs a node's vCPUs in turn: its timer, and what slices took by its CPU
/// clock. A node's thread may change between slices, and then another timer is made.</summary>
internal sealed class SliceThread : IDisposable
{
    /// <summary>A slice is no shorter: entering and leaving the guest alone take that long on slow
    /// hosts.</summary>
    public const long LeastNanoseconds = 20_000;

    private SliceTimer? _timer;

    /// <summary>What must be blocked while the guest runs; changes with <see cref="Generation"/>.
    /// </summary>
    public ulong BlockedInGuest => _timer!.BlockedInGuest;

    public int Generation { get; private set; }

    /// <summary>Slices that a timer ended, and by how much later than it should, in nanoseconds of
    /// the thread's CPU time.</summary>
    public SliceOvershoot Overshoot { get; } = new();

    /// <summary>What the vCPUs left the guest for.</summary>
    public ExitTally Exits { get; } = new();

    /// <summary>Makes the calling thread the one.</summary>
    public void Take()
    {
        if (_timer is { IsMine: true })
        {
            return;
        }

        _timer?.Dispose();
        _timer = new SliceTimer();
        Exits.Forget();
        Generation++;
    }

    public void Start(long nanoseconds) =>
        _timer!.Start(Math.Max(nanoseconds, LeastNanoseconds));

    public void Dispose() => _timer?.Dispose();
}
