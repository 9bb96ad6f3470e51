using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>A debugger at the node. It stands within a slice, or within an act, and nothing of the
/// node moves meanwhile: so a run is the same with it and without.</summary>
public sealed partial class NodeSession : IWatchClock
{
    private IInstructionWatch? _watch;

    /// <summary>Of a known spin, whose iterations are run to be looked at before they are counted.
    /// </summary>
    private SpinIteration _replayed;

    bool IWatchClock.LacksStall => HasWeavers || _hierarchy is not null;

    /// <summary>Before <see cref="Run"/>.</summary>
    public void Watch(IInstructionWatch watch) => _watch = watch;

    VirtualTime IWatchClock.TimeOf(VcpuId vcpu, ulong units)
    {
        VcpuSlot slot = _slots[vcpu.Index];
        ulong replayed = slot == _sliceVcpu ? _replayed.Units : 0;
        return slot.Clock.TimeAt(checked(slot.Clock.TotalUnits + replayed + units));
    }

    ulong IWatchClock.InstructionsOf(VcpuId vcpu)
    {
        VcpuSlot slot = _slots[vcpu.Index];
        return slot.Instructions + (slot == _sliceVcpu ? _replayed.Instructions : 0);
    }

    void IWatchClock.Edited() => _epoch++;

    /// <summary>Runs iterations of a spin that are about to be skipped, one by one, as long as the
    /// debugger looks at them. They are free of effects, so that they may be counted afterwards.
    /// </summary>
    /// <returns>What is to be counted: all of them, or those up to where the debugger has changed
    /// something.</returns>
    private SpinIteration Replay(VcpuSlot slot, SpinIteration iteration, ulong count)
    {
        SpinIteration all = new(
            checked(count * iteration.Instructions),
            checked(count * iteration.Units),
            checked(count * iteration.Loads));
        if (_watch is null || !(_watch.HasStops || _watch.WatchesAll(slot.Id)))
        {
            return all;
        }

        ulong epoch = _epoch;
        ulong looks = _watch.Looks;
        _sliceVcpu = slot;
        for (ulong i = 0; i < count && _epoch == epoch; i++)
        {
            slot.Engine!.TryFindSpin(checked((int)iteration.Instructions), out SpinIteration run);
            _replayed = new SpinIteration(
                _replayed.Instructions + run.Instructions,
                _replayed.Units + run.Units,
                _replayed.Loads + run.Loads);
            if (_watch.Looks == looks)
            {
                break;
            }

            looks = _watch.Looks;
        }

        SpinIteration done = _epoch == epoch ? all : _replayed;
        (_sliceVcpu, _replayed) = (null, default);
        return done;
    }
}
