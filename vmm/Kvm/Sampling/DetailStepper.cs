using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>The detail windows of one vCPU.
/// <code>
///            run time of the lot                  warm-up, then measured
///   native ──────────────────────► TryPrepare ── step ── Complete ──┐ instructions left
///     ▲  ▲                            │   │   ▲─────────────────────┘
///     │  └── SYSCALL: leaves by itself┘   └ fault: Drop, then native, and on with the window
///     └───── all done, or cut
/// </code></summary>
internal sealed class DetailStepper
{
    /// <summary>Turns of one repeated instruction that a window steps over before it is cut.</summary>
    public const int TurnsMax = 4096;

    private readonly VcpuId _vcpu;
    private readonly DetailPlan _plan;
    private readonly IDetailSink _sink;
    private readonly StepDecoder _decoder;
    private readonly DetailRecorder _recorder;
    private readonly WindowLot _lot;
    private readonly RepeatedAccess.Chunk _add;
    private readonly ulong[] _addresses = new ulong[StepDecoder.AccessesMax];
    private StepInstruction? _step;
    private RepeatedAccess _repeated;
    private ulong _rip;
    private int _turns;
    private int _left;
    private bool _isOpen;
    private bool _isOver;
    private bool _isWhole;
    private bool _leaves;
    private long _hostNanoseconds;

    public DetailStepper(
        VcpuId vcpu, DetailPlan plan, IDetailSink sink, IGuestAddressSpace memory)
    {
        _vcpu = vcpu;
        _plan = plan;
        _sink = sink;
        _decoder = new StepDecoder(memory);
        _recorder = new DetailRecorder(vcpu, plan, sink, memory);
        _lot = new WindowLot(
            plan.EveryNanoseconds, plan.Seed + ((ulong)vcpu.Index * 0xD1B5_4A32_D192_ED03));
        _add = _recorder.Add;
    }

    /// <summary>The vCPU's next instruction belongs to a window.</summary>
    public bool WantsSteps => !_leaves && (_isOpen || _lot.Left == 0);

    /// <summary>Run time before a window begins; far off while one is open.</summary>
    public long UntilNext => _isOpen ? long.MaxValue : _lot.Left;

    /// <summary>The guest ran natively.</summary>
    /// <param name="rip">Where it stands: no longer where an instruction was to leave by itself, if that
    /// has left, or another thread runs.</param>
    public void Ran(long nanoseconds, ulong rip)
    {
        _lot.Ran(nanoseconds);
        _leaves &= rip == _rip;
    }

    /// <summary>Looks at the instruction that is next.</summary>
    /// <returns>False if it is not to be stepped over: the window is over, or it leaves by itself.
    /// </returns>
    public bool TryPrepare(UserVcpu vcpu)
    {
        if (!_isOpen)
        {
            Open();
        }

        ref readonly KvmRegisters registers = ref vcpu.Registers;
        if (_turns > 0 && registers.Rip == _rip)
        {
            return !IsCut(_turns == TurnsMax, vcpu);
        }

        if (_left == 0)
        {
            _isOver = _isWhole = true;
            return false;
        }

        _rip = registers.Rip;
        _step = _decoder.TryDecode(_rip);
        switch (_step?.Kind)
        {
            case StepKind.SystemCall:
                Count(isSeen: true);
                _leaves = true;
                return false;
            case StepKind.ShowsFlags:
                _isOver = true;
                return false;
            case StepKind.Repeated:
                _repeated.Begin(_step.Decoded, registers);
                return true;
            default:
                for (int i = 0; i < (_step?.Accesses.Length ?? 0); i++)
                {
                    _addresses[i] = Operands.AddressOf(_step!.Accesses[i].Operand, vcpu);
                }

                return true;
        }
    }

    /// <summary>What was prepared has executed, or one turn of it.</summary>
    public void Complete(UserVcpu vcpu)
    {
        if (_step is not { } step)
        {
            return;
        }

        if (step.Kind == StepKind.Repeated)
        {
            _turns++;
            if (vcpu.Registers.Rip != _rip)
            {
                EndRepeated(step, vcpu);
            }

            return;
        }

        Count(step.Kind != StepKind.Hidden);
        for (int i = 0; i < step.Accesses.Length; i++)
        {
            _recorder.Add(_addresses[i], step.Accesses[i].SizeBytes, step.Accesses[i].Kind);
        }
    }

    /// <summary>What was prepared has faulted; a repeated instruction's turns before that count.</summary>
    public void Drop(UserVcpu vcpu)
    {
        if (_turns > 0)
        {
            EndRepeated(_step!, vcpu);
        }
    }

    /// <summary>The vCPU leaves the window, for a while or for good.</summary>
    /// <param name="hostNanoseconds">CPU time since the last call, or the window's begin.</param>
    public void Pause(long hostNanoseconds)
    {
        _hostNanoseconds += hostNanoseconds;
        _recorder.Flush();
        if (_isOver)
        {
            _sink.EndWindow(_vcpu, _isWhole, _hostNanoseconds);
            _isOpen = _isOver = _isWhole = false;
        }
    }

    private void Open()
    {
        _lot.Begun();
        _isOpen = true;
        _hostNanoseconds = 0;
        _recorder.Begin();
        _recorder.IsMeasured = _plan.WarmupInstructions == 0;
        _left = _plan.WarmupInstructions + _plan.WindowInstructions;
    }

    private bool IsCut(bool isTooLong, UserVcpu vcpu)
    {
        if (isTooLong)
        {
            EndRepeated(_step!, vcpu);
            _isOver = true;
        }

        return isTooLong;
    }

    private void EndRepeated(StepInstruction step, UserVcpu vcpu)
    {
        Count(isSeen: true);
        _repeated.End(step.Decoded, vcpu, _add);
        _turns = 0;
    }

    private void Count(bool isSeen)
    {
        if (_left == _plan.WindowInstructions)
        {
            _recorder.Flush();
            _recorder.IsMeasured = true;
        }

        _left--;
        _recorder.AddInstruction(_rip, _step!.Code.Length, isSeen);
    }
}
