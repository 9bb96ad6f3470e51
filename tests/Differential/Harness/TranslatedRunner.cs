using System.Text;
using Dilaton.Core;
using Dilaton.Translator;

namespace Dilaton.Tests.Differential;

/// <summary>Runs test cases on an engine, slice by slice.</summary>
internal sealed class TranslatedRunner : IDisposable
{
    private const int IdleSlicesMax = 20;
    private readonly TestAddressSpace _space;
    private readonly RecordingSink _sink = new();
    private readonly TranslatorEngine _engine;
    private MemoryEventLevel _level;
    private CoreCost _cost;
    private ulong _fetchDebt;

    public TranslatedRunner(TestAddressSpace space, TranslatorOptions options)
    {
        _space = space;
        _engine = new TranslatorEngine(options, space, _sink);
    }

    public IVcpu Vcpu => _engine.Vcpus[0];

    public void Dispose() => _engine.Dispose();

    public void SetEvents(MemoryEventLevel level, CoreCost cost)
    {
        _level = level == MemoryEventLevel.Window ? MemoryEventLevel.Off : level; // To an engine.
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
        int idleSlices = 0;
        for (int slice = 0; instructions < instructionsMax; slice++)
        {
            if (idleSlices > IdleSlicesMax)
            {
                violations.Append($"  no progress at rip {vcpu.Registers.Rip:x}\n");
                break;
            }

            uint budget = budgets[slice % budgets.Length];
            ulong left = instructionsMax - instructions;
            budget = (uint)Math.Min(budget, Math.Min(
                left * _cost.UnitsPerInstruction, int.MaxValue));
            RecordingSink.Totals before = _sink.FetchTotals;
            exit = vcpu.Run(budget);
            CheckFetches(exit, before, violations);
            instructions += exit.Instructions;
            units += exit.Units;
            idleSlices = exit.Instructions == 0 ? idleSlices + 1 : 0;
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

    /// <summary>Fetches are one per instruction: what is not recorded is counted. Records may
    /// outnumber the instructions of a slice (one instruction, two lines); the rest is owed.
    /// </summary>
    private void CheckFetches(
        in VcpuExit exit, RecordingSink.Totals before, StringBuilder violations)
    {
        if (_level == MemoryEventLevel.Off)
        {
            return;
        }

        RecordingSink.Totals after = _sink.FetchTotals;
        ulong recorded = after.Records - before.Records + _fetchDebt;
        ulong expected = exit.Instructions > recorded ? exit.Instructions - recorded : 0;
        _fetchDebt = recorded > exit.Instructions ? recorded - exit.Instructions : 0;
        ulong counted = after.Suppressed - before.Suppressed;
        if (counted != expected)
        {
            violations.Append($"  suppressed fetches: {expected}, {counted}\n");
        }
    }
}
