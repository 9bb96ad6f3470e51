using System.Text;
using Dilaton.Core;

namespace Dilaton.Tests.Differential;

/// <summary>Runs test cases on an engine, slice by slice.</summary>
internal sealed class TranslatedRunner : IDisposable
{
    private readonly TestAddressSpace _space = new();
    private readonly RecordingSink _sink = new();
    private readonly Func<IGuestAddressSpace, IMemoryEventSink, IVcpuEngine> _create;
    private IVcpuEngine _engine;
    private MemoryEventLevel _level;
    private CoreCost _cost;

    public TranslatedRunner(Func<IGuestAddressSpace, IMemoryEventSink, IVcpuEngine> create)
    {
        _create = create;
        _engine = create(_space, _sink);
    }

    public int CodeChanges => _space.CodeChanges;

    public void Dispose()
    {
        _engine.Dispose();
        _space.Dispose();
    }

    public void SetEvents(MemoryEventLevel level, CoreCost cost)
    {
        _level = level;
        _cost = cost;
        _engine.SetEvents(level, cost);
    }

    /// <summary>Runs until a fault or system call, or until <paramref name="instructionsMax"/>
    /// have retired; the budgets are used in turn.</summary>
    public TranslatedResult Run(
        TestCase test, ReadOnlySpan<uint> budgets, ulong instructionsMax, bool keepBoundaries)
    {
        _space.Load(test);
        _sink.Clear();
        IVcpu vcpu = _engine.Vcpus[0];
        vcpu.FlushFilter();
        vcpu.Registers = test.Begin.Registers;
        test.Begin.Extended.CopyTo(vcpu.ExtendedState);
        List<(ulong, CpuState)> boundaries = [];
        StringBuilder violations = new();
        ulong instructions = 0, units = 0;
        VcpuExit exit = default;
        for (int slice = 0; instructions < instructionsMax; slice++)
        {
            uint budget = budgets[slice % budgets.Length];
            ulong left = instructionsMax - instructions;
            budget = (uint)Math.Min(budget, Math.Min(
                left * _cost.UnitsPerInstruction, int.MaxValue));
            exit = vcpu.Run(budget);
            instructions += exit.Instructions;
            units += exit.Units;
            _sink.UnitsBeforeSlice = units;
            CheckExit(exit, budget, violations);
            if (exit.Reason is ExitReason.BudgetExhausted or ExitReason.Pause)
            {
                if (keepBoundaries)
                {
                    boundaries.Add((instructions, Capture(vcpu)));
                }

                continue;
            }

            bool isCodeWrite = exit.Reason == ExitReason.Fault
                && exit.Vector == FaultVector.PageFault && exit.Access == FaultAccess.Write;
            if (isCodeWrite && _space.TryUnwatch(exit.FaultAddress))
            {
                continue;
            }

            break;
        }

        return new TranslatedResult
        {
            End = Capture(vcpu),
            Image = _space.Save(),
            Exit = exit,
            Instructions = instructions,
            Units = units,
            Records = [.. _sink.Records],
            Suppressed = _sink.Suppressed,
            Boundaries = boundaries,
            Violations = violations.ToString(),
        };
    }

    /// <summary>A new engine, as after other options.</summary>
    public void Recreate()
    {
        _engine.Dispose();
        _engine = _create(_space, _sink);
        _engine.SetEvents(_level, _cost);
    }

    private static CpuState Capture(IVcpu vcpu)
    {
        CpuState state = new() { Registers = vcpu.Registers };
        vcpu.ExtendedState.CopyTo(state.Extended);
        return state;
    }

    private void CheckExit(in VcpuExit exit, uint budget, StringBuilder violations)
    {
        bool isExhausted = exit.Reason == ExitReason.BudgetExhausted;
        if (isExhausted && exit.Units < budget)
        {
            violations.Append($"  ended at {exit.Units} of {budget} units\n");
        }

        ulong least = exit.Instructions * _cost.UnitsPerInstruction;
        bool hasLoads = _level != MemoryEventLevel.Off && _cost.LoadHitStallCycles > 0;
        if (exit.Units < least || (!hasLoads && exit.Units != least))
        {
            violations.Append(
                $"  {exit.Units} units for {exit.Instructions} instructions\n");
        }

        if (!hasLoads && exit.Units > budget + _cost.UnitsPerInstruction - 1)
        {
            violations.Append($"  {exit.Units} units spent of {budget}\n");
        }
    }
}
