using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>Who it was: places of misses, first touches and kernel time, for a profile.</summary>
public sealed partial class NodeSession
{
    private NodeProfile? _profile;
    private SliceTimeline? _slicesSeen;
    private int[] _missOrigins = new int[1024];

    /// <summary>The run's profile, once it has ended. On the node's thread; once.</summary>
    public ProfileTable ReadProfile(NodeProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        Invariant.Require(profile == _profile);
        Dictionary<string, ulong> totals = new(StringComparer.Ordinal);
        void Add(string name, ulong value) => totals[name] = checked(totals.GetValueOrDefault(name) + value);
        foreach (VcpuSlot slot in _slots)
        {
            slot.Timeline?.TellRest(profile);
            ulong known = slot.WindowStall;
            foreach ((StallCause cause, string name) in NodeProfile.Causes)
            {
                Add(name, slot.Stack[cause]);
                known = checked(known + slot.Stack[cause]);
            }

            Add("instructions", slot.Instructions);
            Add("cycles", slot.Clock.TotalUnits);
            Add("executed", slot.Clock.ExecutedUnits);
            Add("l1", slot.Clock.StallUnits - known);
            Add("window", slot.WindowStall);
            Add("kernel", slot.Clock.KernelUnits);
            Add("waiting", slot.Clock.WaitingUnits);
        }

        return profile.ToTable(_unitsPerCycle, totals);
    }

    /// <summary>From now on notes what each core does when. Before <see cref="Run"/>.</summary>
    public void See(SliceTimeline timeline)
    {
        Invariant.Require(_options.Cores.Count == 0, "a timeline of slices is of cores that are alike");
        _slicesSeen = timeline;
    }

    /// <summary>The same, up to where each vCPU's clock stands. On the node's thread.</summary>
    /// <returns>Cost units of a cycle.</returns>
    public ulong EndSlices()
    {
        foreach (VcpuSlot slot in _slots)
        {
            _slicesSeen?.See(slot, _intervals);
        }

        return _unitsPerCycle;
    }

    private void AttachProfile(NodeProfile? profile)
    {
        _profile = profile;
        if (profile is null)
        {
            return;
        }

        if (_options.Cores.Count > 0)
        {
            throw new ConfigException("profile", "adds up cycles, and those of cores that are not alike differ");
        }

        if (_peer is not null)
        {
            throw new ConfigException(
                "profile", "a peer tells its stall as one sum; only memory of ours says whose it was");
        }

        if (_hierarchy is IMissCounts counts)
        {
            profile.Attach(counts);
        }

        foreach (VcpuSlot slot in _slots)
        {
            slot.Timeline?.TellStall(profile);
        }
    }

    /// <summary>Access by access, so that each miss is known to be whose.</summary>
    private void AccessWithPlaces(in MemoryEventBlock block, NodeProfile profile)
    {
        ICacheHierarchy hierarchy = _hierarchy!;
        for (int i = 0; i < block.Count; i++)
        {
            int known = _misses.Misses.Length;
            hierarchy.Access(
                new MemoryEventBlock
                {
                    Vcpu = block.Vcpu,
                    Addresses = block.Addresses.Slice(i, 1),
                    Sizes = block.Sizes.Slice(i, 1),
                    Kinds = block.Kinds.Slice(i, 1),
                    Offsets = block.Offsets.Slice(i, 1),
                    Suppressed = default,
                },
                _misses);
            if (_misses.Misses.Length > known)
            {
                int origin = block.Places.IsEmpty
                    ? profile.MissedInKernel(block.Vcpu)
                    : profile.Missed(block.Vcpu, block.Places[i], block.Space, block.VirtualAddresses[i]);
                NoteOrigin(known, origin);
            }
        }

        hierarchy.Access(
            new MemoryEventBlock
            {
                Vcpu = block.Vcpu,
                Addresses = [],
                Sizes = [],
                Kinds = [],
                Offsets = [],
                Suppressed = block.Suppressed,
            },
            _misses);
    }

    private void TellFirstTouch(NodeProfile profile, in MemoryEventBlock block, int index)
    {
        ulong units = _slots[block.Vcpu.Index].Core.PageFaultUnits;
        if (block.Places.IsEmpty)
        {
            profile.AddKernel(block.Vcpu, units);
        }
        else
        {
            profile.AddKernel(block.Places[index], units);
        }
    }

    private void NoteOrigin(int first, int origin)
    {
        int count = _misses.Misses.Length;
        if (count > _missOrigins.Length)
        {
            Array.Resize(ref _missOrigins, Math.Max(count, 2 * _missOrigins.Length));
        }

        _missOrigins.AsSpan(first, count - first).Fill(origin);
    }
}
