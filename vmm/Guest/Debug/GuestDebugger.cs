using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Stops a node's first process for its debugger: at its first instruction, at breakpoints,
/// after single steps, when a signal is about to be taken, and when the debugger asks. It stands
/// within a slice or a kernel entry, so that nothing of the node's order changes.
/// <code>
/// TranslatorVcpu ── Before ──┐                          ┌── Send, Receive ── IDebugConnection
/// SignalDelivery ── Passes ──┼── GuestDebugger ── GdbStub
/// NodeSession ───── Stuck ───┘                          └── DebuggedProcess: memory, registers
/// </code></summary>
public sealed class GuestDebugger : IInstructionWatch
{
    private readonly IDebugConnection _line;
    private readonly Action _kill;
    private readonly HashSet<ulong> _stops = [];
    private GuestKernel? _kernel;
    private DebuggedProcess? _process;
    private GdbStub? _stub;
    private IWatchClock? _clock;
    private bool _isAttached;
    private bool _isOver;
    private bool _hasExecuted;
    private int? _stepping;
    private (int Thread, ulong Rip, ulong Instructions) _left;

    /// <param name="kill">Ends the node, as the debugger wants.</param>
    public GuestDebugger(IDebugConnection line, Action kill)
    {
        (_line, _kill) = (line, kill);
    }

    /// <inheritdoc/>
    public bool HasStops => _stops.Count > 0;

    /// <inheritdoc/>
    public ulong Version { get; private set; }

    /// <inheritdoc/>
    public ulong Looks { get; private set; }

    /// <summary>Joins the parts. Before the node runs.</summary>
    public void Attach(GuestKernel kernel, IReadOnlyList<IVcpu> vcpus, IWatchClock clock)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        (_kernel, _clock) = (kernel, clock);
        _process = new DebuggedProcess(kernel, vcpus, clock);
        _stub = new GdbStub(_line, _process);
        kernel.Debugger = this;
    }

    /// <inheritdoc/>
    public bool IsStop(ulong address) => _stops.Contains(address);

    /// <inheritdoc/>
    public bool WatchesAll(VcpuId vcpu) => !_isOver
        && (!_isAttached || _line.HasInterrupt || _hasExecuted
            || (_stepping is { } id && _process!.Running(vcpu)?.Id == id));

    /// <inheritdoc/>
    public void Before(VcpuId vcpu, ulong instructions, ulong units)
    {
        Looks++;
        GuestThread? running = _process!.Running(vcpu);
        if (_isOver || running is null)
        {
            return;
        }

        bool isOwn = running.Process == _kernel!.Process;
        ulong retired = _clock!.InstructionsOf(vcpu) + instructions;
        ulong rip = _process.Registers(running).Rip;
        DebugStop? stop = !isOwn ? InterruptElsewhere()
            : _left == (running.Id, rip, retired) ? null
            : Reason(running, rip);
        if (stop is null)
        {
            return;
        }

        _stub!.Retired = instructions;
        _process.InSlice = (vcpu, units);
        Stop(stop);
        (_process.InSlice, _stub.Retired) = (null, 0);
        running.Process.Memory.Activate();
        _left = (running.Id, _process.Registers(running).Rip, retired);
    }

    /// <inheritdoc/>
    public void Stuck()
    {
        if (_isAttached && !_isOver && _process!.Threads.Count > 0)
        {
            Stop(new DebugStop(
                GdbSignal.None,
                _process.Threads[0],
                Message: "deadlock: nothing will ever happen any more"));
        }
    }

    /// <summary>The node is over.</summary>
    /// <param name="guest">How its program ended; null: it did not.</param>
    /// <param name="why">Then: the reason.</param>
    public void TellEnd(GuestExit? guest, string why)
    {
        if (!_isOver && _isAttached)
        {
            int signal = guest is null ? GdbSignal.Killed : GdbSignal.Of(guest.Signal);
            _stub!.TellEnd(guest?.Code ?? 0, signal, guest is null ? why : "");
        }

        _isOver = true;
        _line.Close();
    }

    /// <summary>A signal is about to be taken by a handler, or to end the process.</summary>
    /// <returns>False if the debugger does not pass it on.</returns>
    internal bool Passes(GuestThread thread, int signal)
    {
        int number = GdbSignal.Of(signal);
        if (!_isAttached || _isOver || thread.Process != _kernel!.Process
            || signal == Signal.SIGKILL || _stub!.PassedSignals.Contains(number))
        {
            return true;
        }

        DebugResume resume = Stop(new DebugStop(number, thread));
        _kernel.RestoreMemory();
        if (_process!.IsRunning(thread))
        {
            _left = (
                thread.Id,
                _process.Registers(thread).Rip,
                _clock!.InstructionsOf(new VcpuId(thread.LastVcpu)));
        }

        return resume.IsDetached || resume.Signal != GdbSignal.None;
    }

    /// <summary>The first process has become another program.</summary>
    internal void Executed(GuestProcess process)
    {
        if (process == _kernel!.Process && _isAttached && !_isOver)
        {
            _stub!.Breakpoints.Clear();
            _stops.Clear();
            Version++;
            _stepping = null;
            _hasExecuted = true;
        }
    }

    /// <summary>Another process runs, but the debugger wants its own stopped.</summary>
    private DebugStop? InterruptElsewhere() =>
        _line.HasInterrupt && _kernel!.Process.Threads.Count > 0
            ? new DebugStop(GdbSignal.Interrupt, _kernel.Process.Threads[0])
            : null;

    private DebugStop? Reason(GuestThread thread, ulong rip)
    {
        if (!_isAttached)
        {
            _isAttached = true;
            return new DebugStop(GdbSignal.Trap, thread);
        }

        if (_hasExecuted)
        {
            _hasExecuted = false;
            string path = HexText.Of(_process!.Process.Start.ExecutablePath);
            return new DebugStop(
                GdbSignal.Trap, thread, _stub!.ReportsExec ? $"exec:{path};" : "");
        }

        return _line.HasInterrupt ? new DebugStop(GdbSignal.Interrupt, thread)
            : _stepping == thread.Id ? new DebugStop(GdbSignal.Trap, thread)
            : _stops.Contains(rip) ? new DebugStop(GdbSignal.Trap, thread, "swbreak:;")
            : null;
    }

    private DebugResume Stop(DebugStop stop)
    {
        _stepping = null;
        DebugResume resume = _line.Open() ? _stub!.Serve(stop) : DebugResume.Detach;
        if (resume.IsDetached)
        {
            _isOver = true;
            _stub!.Breakpoints.Clear();
            _line.Close();
            if (resume.IsKilled)
            {
                _kill();
            }
        }

        _stepping = resume.Step;
        TakeBreakpoints(resume.IsAlone);
        return resume;
    }

    /// <summary>Others that go on beside a thread that is to step alone do not get past what the
    /// debugger has taken away for it only.</summary>
    private void TakeBreakpoints(bool isAlone)
    {
        if (isAlone ? !_stub!.Breakpoints.IsSubsetOf(_stops) : !_stops.SetEquals(_stub!.Breakpoints))
        {
            if (!isAlone)
            {
                _stops.Clear();
            }

            _stops.UnionWith(_stub.Breakpoints);
            Version++;
        }
    }
}
