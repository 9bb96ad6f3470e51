using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>A node in time: runs its vCPUs lowest (T, id) first on the caller's thread, times their
/// memory, and lets their kernel act in the order of virtual time. docs/time.md is its
/// specification.
/// <code>
///        ┌──────────────────── pick the least (T, id) that is not idle ◄───────────────┐
///        │ none                    │                                                   │
///        ▼                         ▼                                                   │
///   next event, or          past the interval? ── weave, settle ──────────────────────►│
///   deadlock                at an action point? ── weave to T; T moved? ──────────────►│
///                                  │               event due? fire ───────────────────►│
///                                  │               exit, dispatch, preemption: act ───►│
///                                  ▼                                                   │
///                           fast-forward a spin; run a slice; charge it ──────────────►┘
/// </code></summary>
public sealed partial class NodeSession
    : IMemoryEventSink, IWrittenPagesSink, IVcpuScheduler, INodeClock, IKernelAccessSink, IStatisticsSource, IDisposable
{
    private readonly NodeSessionOptions _options;
    private readonly VcpuSlot[] _slots;
    private readonly EventQueue _queue = new();
    private readonly EventLog _log;
    private readonly VirtualTime _until;

    /// <summary>Of cores that are alike.</summary>
    private readonly ulong _unitsPerCycle;
    private readonly ulong _unitsPerInstruction;
    private IVcpuEngine? _engine;
    private IGuestKernel? _kernel;
    private VirtualTime _now;
    private VirtualTime _intervalEnd;
    private ulong _epoch;
    private NodeResult? _result;
    private int _runnable;
    private VcpuSlot? _acting;
    private volatile bool _stopRequested;

    public NodeSession(NodeSessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _unitsPerCycle = options.CyclesPerInstruction.Denominator;
        _unitsPerInstruction = options.CyclesPerInstruction.Numerator;
        _frequency = options.Frequency;
        _kernelCosts = options.KernelCosts;
        if (options.Sampling is { } sampling)
        {
            _schedule = new WindowSchedule(
                sampling.OpeningInstructions * (ulong)options.VcpuCount,
                sampling.PeriodInstructions * (ulong)options.VcpuCount,
                sampling.WindowInstructions * (ulong)options.VcpuCount,
                sampling.WarmupInstructions * (ulong)options.VcpuCount,
                sampling.Seed);
            _sampled = new SampledWindows();
        }

        _until = options.Until ?? VirtualTime.MaxValue;
        _intervalEnd = VirtualTime.Zero + options.WeaveInterval;
        _log = new EventLog(options.EventLog);
        _timeline = new NodeTimeline(options.TimelineSamplesMax);
        _slots = new VcpuSlot[options.VcpuCount];
        for (int i = 0; i < _slots.Length; i++)
        {
            var core = new VcpuCore(options.CoreOf(i), options.SliceCycles, options.WorstStallPerCycle);
            _slots[i] = new VcpuSlot(
                new VcpuId(i), new VcpuClock(core.Options.ClockOf(options.Frequency), core.UnitsPerCycle), core)
            {
                Sample = new VcpuSample(options.Sampling is not { FastForward: MemoryEventLevel.Off }),
            };
        }

        PricePageFaults();

        _progress = new Progress(_slots.Length);
        _pace = options.Pace;
        _host = new VcpuClock(options.Frequency, _unitsPerCycle);
    }

    /// <summary>The node's future, for its kernel and devices.</summary>
    public IEventQueue Events => _queue;

    public VirtualTime Now => _now;

    public VirtualTime After(KernelCharge charge) => _acting is { Clock: { } clock } slot
        ? clock.TimeAt(checked(clock.TotalUnits + KernelUnits(slot, charge)))
        : _now + _kernelCosts.Time(charge);

    /// <summary>Joins the parts that were built with this session as their sink, clock and
    /// scheduler. Once, before <see cref="Run"/>.</summary>
    /// <param name="addressSpace">Where kernel copies are translated; may be null if events are
    /// off.</param>
    /// <param name="hierarchy">The levels in front of the cut; null: memory adds no time.</param>
    /// <param name="model">What lies behind the cut, in process; may be null.</param>
    /// <param name="peer">What lies behind the cut, outside of the worker; may be null.</param>
    /// <param name="windows">That the address space has; null: none.</param>
    /// <param name="profile">That the engine tells its places; null: nobody asks.</param>
    public void Attach(
        IVcpuEngine engine,
        IGuestKernel kernel,
        IGuestAddressSpace? addressSpace,
        ICacheHierarchy? hierarchy,
        ITimingModel? model,
        IIntervalPeer? peer = null,
        IReadOnlyList<NodeWindow>? windows = null,
        NodeProfile? profile = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(kernel);
        Invariant.Require(_engine is null, "a session is attached once");
        Invariant.Require(engine.Vcpus.Count == _slots.Length);
        CheckTraits(engine.Traits);
        _engine = engine;
        _kernel = kernel;
        for (int i = 0; i < _slots.Length; i++)
        {
            Invariant.Require(engine.Vcpus[i].Id == _slots[i].Id);
            _slots[i].Engine = engine.Vcpus[i];
        }

        AttachMemory(addressSpace, hierarchy, model, peer);
        AttachProfile(profile);
        AttachWindows(windows ?? []);
        if (_schedule is null)
        {
            SwitchEvents(_options.Events);
        }
        else
        {
            StartSampling();
        }
    }

    /// <summary>Ends the run at the end of the slice in progress. Any thread.</summary>
    public void RequestStop()
    {
        _stopRequested = true;
        _gate.Open();
    }

    /// <summary>Runs a node that is alone to its end.</summary>
    public NodeResult Run()
    {
        NodeResult? result = RunUntil(VirtualTime.MaxValue);
        Invariant.Require(result is not null);
        return result;
    }

    public void Dispose() => _log.Dispose();

    void IVcpuScheduler.Wake(VcpuId vcpu)
    {
        VcpuSlot slot = _slots[vcpu.Index];
        if (slot.IsIdle && _result is null)
        {
            Skip(slot, _now);
            TakeTurns(slot);
            slot.IsIdle = false;
            slot.NeedsDispatch = true;
            slot.IsDue = true;
            Publish(slot);
        }
    }

    void IVcpuScheduler.PreemptAt(VcpuId vcpu, VirtualTime at) => _slots[vcpu.Index].PreemptAt = at;

    private void CheckTraits(EngineTraits traits)
    {
        EngineTraits needed = _options.MeasuresRunTime
            ? EngineTraits.None
            : EngineTraits.StopsAtExactInstruction | EngineTraits.Deterministic;
        if ((traits & needed) != needed)
        {
            throw new ConfigException(
                "time.mode",
                "executed needs an engine that has "
                + $"{needed}, such as the translator; this one has {traits}");
        }
    }

    /// <summary>The runnable vCPU with the lowest (T, id), one that waits for its peer last. HOT:
    /// per slice.</summary>
    private VcpuSlot? Least()
    {
        VcpuSlot? least = null;
        VirtualTime first = VirtualTime.MaxValue;
        int runnable = 0;
        foreach (VcpuSlot slot in _slots)
        {
            if (!slot.IsIdle)
            {
                runnable++;
                VirtualTime time = TimeOf(slot);
                if (least is null || time < first
                    || (time == first && least.IsHeld && !slot.IsHeld))
                {
                    least = slot;
                    first = time;
                }
            }
        }

        _runnable = runnable;
        return least;
    }

    /// <summary>A vCPU acts on an answer no sooner than it comes. (Its clock may show up to a cycle
    /// less, since an instruction of less than a cycle began it.)</summary>
    private VirtualTime TimeOf(VcpuSlot slot) =>
        slot.IsHeld && slot.Timeline is { IsWaiting: true }
            ? VirtualTime.Max(slot.Clock.Now, _weaver!.Reached)
            : slot.Clock.Now;

    /// <returns>False if all that is left to do lies behind the grant.</returns>
    private bool Step()
    {
        VcpuSlot? slot = _pace is null ? Least() : FollowHost();
        if (slot is null)
        {
            return SkipToNextEvent();
        }

        VirtualTime horizon = Horizon(slot);
        bool moved = horizon != slot.CheckedFor || _pace is not null;
        bool isDue = slot.IsDue || slot.Program >= slot.NextCheck
            || (moved && slot.Clock.Now >= horizon) || slot.Clock.Now >= _changeAt;
        if (isDue && IsBehindGrant(slot))
        {
            return false;
        }

        if (_weaver is not null && slot.Clock.Now >= _intervalEnd)
        {
            CloseInterval(slot.Clock.Now);
            return true;
        }

        if (_isSampling && _schedule!.IsOver && !slot.IsHeld && slot.Clock.Now < _changeAt)
        {
            EndPhase(slot);
            return true;
        }

        if (isDue)
        {
            slot.IsDue = true;
            if (ActAt(slot))
            {
                return true;
            }

            slot.IsDue = false;
            SetCheck(slot, Horizon(slot));
        }
        else if (moved)
        {
            SetCheck(slot, horizon);
        }

        RunSlice(slot);
        return true;
    }

    /// <summary>The earliest thing that the vCPU's clock must not pass unseen.</summary>
    private VirtualTime Horizon(VcpuSlot slot) => VirtualTime.Min(_grant, OwnHorizon(slot));

    /// <summary>The same, as far as the node itself knows of it.</summary>
    private VirtualTime OwnHorizon(VcpuSlot slot) => VirtualTime.Min(
        _until, VirtualTime.Min(NextTime, slot.PreemptAt));

    private void SetCheck(VcpuSlot slot, VirtualTime horizon)
    {
        slot.CheckedFor = horizon;
        slot.NextCheck = horizon == VirtualTime.MaxValue
            ? ulong.MaxValue
            : slot.Core.Policy.NextCheck(slot.Program, slot.Clock.UnitsUntil(horizon));
    }

    private bool SkipToNextEvent()
    {
        if (IsOpen && (_queue.Count == 0
            || VirtualTime.Min(NextTime, _until) >= _grant))
        {
            return false;
        }

        if (CloseWhileIdle())
        {
            return true;
        }

        if (_queue.Count == 0)
        {
            End(NodeEnd.Deadlock, LatestClock(), 0);
        }
        else if (_pace is null || !IsAheadOfHost(VirtualTime.Min(NextTime, _until)))
        {
            EndOrFire();
        }

        return true;
    }

    private void EndOrFire()
    {
        if (NextTime >= _until)
        {
            End(NodeEnd.Until, _until, 0);
        }
        else
        {
            Fire();
        }
    }

    private void Fire()
    {
        if (_changeAt <= _queue.NextTime)
        {
            ChangeRates();
            return;
        }

        INodeEvent action = _queue.Take(out VirtualTime at);
        SetNow(at);
        _eventsFired++;
        _epoch++;
        action.Fire();
        EndIfGuestHas(at);
    }

    /// <summary>A guest may end outside of its system calls: by a timer's signal, or when a thread
    /// is loaded.</summary>
    private void EndIfGuestHas(VirtualTime time, VcpuSlot? actor = null)
    {
        if (_result is null && _kernel!.Exit is not null)
        {
            End(NodeEnd.GuestExited, time, 0, actor);
        }
    }

    private void SetNow(VirtualTime time)
    {
        Invariant.Require(time >= _now, "virtual time goes back");
        Invariant.Require(time < _grant, "an act lies behind the grant");
        _now = time;
        _queue.RaiseFloor(time);
    }

    private VirtualTime LatestClock()
    {
        VirtualTime latest = _now;
        foreach (VcpuSlot slot in _slots)
        {
            latest = VirtualTime.Max(latest, slot.Clock.Now);
        }

        return latest;
    }

    /// <param name="actor">Whose act ends the run, with all the stall before it.</param>
    private void End(NodeEnd end, VirtualTime time, ulong code, VcpuSlot? actor = null)
    {
        if (end == NodeEnd.Deadlock)
        {
            _watch?.Stuck();
        }

        if (HasWeavers)
        {
            WeaveTo(time);
        }

        if (_pipeline is not null && actor is not null)
        {
            time = TimeToTheEnd(actor, time);
        }

        foreach (VcpuSlot slot in _slots)
        {
            if (slot.IsIdle)
            {
                Skip(slot, time);
            }

            Publish(slot);
        }

        _endTime = time;
        GuestExit? guest = end == NodeEnd.GuestExited ? _kernel!.Exit : null;
        Invariant.Require(end != NodeEnd.GuestExited || guest is not null);
        _log.Add(
            time,
            -1,
            EventKind.End,
            (ulong)end,
            guest is null ? code : unchecked((ulong)guest.Code),
            guest is null ? 0 : unchecked((ulong)guest.Signal));
        IReadOnlyList<string> report = end is NodeEnd.Deadlock or NodeEnd.Stopped or NodeEnd.Until
            ? Describe()
            : [];
        _result = new NodeResult(end, time, guest, code, _log.HashText(), [.. _changed], report);
        _progress.End();
        StayUp();
    }

    private List<string> Describe()
    {
        var lines = new List<string>();
        foreach (VcpuSlot slot in _slots)
        {
            VcpuActivity activity = slot.Activity(_epoch);
            string where = activity == VcpuActivity.Idle
                ? ""
                : $" at rip 0x{slot.Engine!.Registers.Rip:x}";
            lines.Add($"{slot.Id}: {activity}{where}, {slot.Clock.Now}");
        }

        lines.AddRange(_kernel!.DescribeThreads());
        return lines;
    }
}
