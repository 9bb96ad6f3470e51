using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>What each core of a node did when: runs of guest code, one for each weave interval, work of the
/// kernel, waiting, each with its cycles by cause. The cycles of all slices sum up to the cores' clocks,
/// exactly.</summary>
public sealed class SliceTimeline
{
    /// <summary>Of one vCPU.</summary>
    public const int SlicesMax = 1 << 15;

    private const int Executed = 0;
    private const int FirstHit = 1;
    private const int FirstCause = 2;

    private static readonly (StallCause Cause, string Name)[] s_causes = [.. NodeProfile.Causes];
    private static readonly int s_window = FirstCause + s_causes.Length;

    private readonly VcpuSlices[] _slices;
    private readonly ulong[][] _told;
    private readonly ulong[] _now;
    private readonly ulong[] _delta;
    private readonly ulong[] _toldInstructions;
    private readonly ulong[] _toldPs;

    public SliceTimeline(int vcpuCount, int slicesMax = SlicesMax)
    {
        _slices = new VcpuSlices[vcpuCount];
        _told = new ulong[vcpuCount][];
        _toldInstructions = new ulong[vcpuCount];
        _toldPs = new ulong[vcpuCount];
        _now = new ulong[Parts.Count];
        _delta = new ulong[Parts.Count];
        for (int i = 0; i < vcpuCount; i++)
        {
            _slices[i] = new VcpuSlices(slicesMax);
            _told[i] = new ulong[Parts.Count];
        }
    }

    /// <summary>Names of <see cref="TimelineSlice.Units"/>.</summary>
    public static IReadOnlyList<string> Parts { get; } =
        ["executed", "l1", .. NodeProfile.Causes.Select(cause => cause.Name), "window", "kernel", "waiting"];

    public int VcpuCount => _slices.Length;

    public IReadOnlyList<TimelineSlice> SlicesOf(int vcpu) => [.. _slices[vcpu].Slices];

    /// <summary>Notes what the vCPU did since it was last seen. HOT: per slice, for who asks.</summary>
    /// <param name="interval">Number of the weave interval.</param>
    internal void See(VcpuSlot slot, ulong interval)
    {
        int vcpu = slot.Id.Index;
        ulong end = slot.Clock.Now.Picoseconds;
        if (end == _toldPs[vcpu])
        {
            return;
        }

        Read(slot);
        ulong[] told = _told[vcpu];
        for (int i = 0; i < _delta.Length; i++)
        {
            _delta[i] = checked(_now[i] - told[i]);
            told[i] = _now[i];
        }

        int kernel = s_window + 1;
        SliceKind kind = _delta[Executed] > 0 || _delta[kernel] + _delta[kernel + 1] == 0 ? SliceKind.Run
            : _delta[kernel + 1] > 0 ? SliceKind.Waiting
            : SliceKind.Kernel;
        _slices[vcpu].Add(
            _toldPs[vcpu], end, kind, interval, slot.Instructions - _toldInstructions[vcpu], _delta);
        _toldPs[vcpu] = end;
        _toldInstructions[vcpu] = slot.Instructions;
    }

    private void Read(VcpuSlot slot)
    {
        ulong known = slot.WindowStall;
        for (int i = 0; i < s_causes.Length; i++)
        {
            _now[FirstCause + i] = slot.Stack[s_causes[i].Cause];
            known = checked(known + _now[FirstCause + i]);
        }

        _now[Executed] = slot.Clock.ExecutedUnits;
        _now[FirstHit] = slot.Clock.StallUnits - known;
        _now[s_window] = slot.WindowStall;
        _now[s_window + 1] = slot.Clock.KernelUnits;
        _now[s_window + 2] = slot.Clock.WaitingUnits;
    }
}
