using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>What it remembers, for a copy that goes on from it.</summary>
internal sealed partial class OutOfOrderCore
{
    public void CopyFrom(OutOfOrderCore other)
    {
        other._loads.CopyTo(_loads, 0);
        other._storeDone.CopyTo(_storeDone, 0);
        other._registers.CopyTo(_registers, 0);
        if (_parked.Length < other._parkedCount)
        {
            _parked = new Waiting[other._parked.Length];
        }

        Array.Copy(other._parked, _parked, other._parkedCount);
        (_firstLoad, _loadCount) = (other._firstLoad, other._loadCount);
        (_nextStore, _nextRegister) = (other._nextStore, other._nextRegister);
        (_parkedCount, _order) = (other._parkedCount, other._order);
        (_blocked, StallUnits) = (other._blocked, other.StallUnits);
        Stack.CopyFrom(other.Stack);
    }

    public void Save(IssueState state)
    {
        IntervalState rest = state.Interval!;
        Invariant.Require(rest.RegisterDone.Length == _registers.Length && rest.LoadDone.Length == _loads.Length);
        _storeDone.CopyTo(state.StoreDone, 0);
        (state.StallUnits, state.NextEntry, state.IsBlocked) = (StallUnits, _nextStore, _blocked);
        rest.NextRegister = _nextRegister;
        for (int i = 0; i < _registers.Length; i++)
        {
            rest.RegisterDone[i] = _registers[i].Done;
        }

        rest.LoadCount = _loadCount;
        for (int i = 0; i < _loadCount; i++)
        {
            ref readonly Load load = ref _loads[EntryOf(i)];
            (rest.LoadPosition[i], rest.LoadProgram[i], rest.LoadDone[i]) = (load.Position, load.Program, load.Done);
        }
    }

    /// <summary>Nothing is unanswered, neither here nor there.</summary>
    public void Restore(IssueState state)
    {
        IntervalState rest = state.Interval!;
        Invariant.Require(rest.RegisterDone.Length == _registers.Length && rest.LoadDone.Length == _loads.Length);
        Invariant.Require(_parkedCount == 0 && !_blocked && !state.IsBlocked);
        state.StoreDone.CopyTo(_storeDone, 0);
        (_nextStore, _nextRegister) = (state.NextEntry, rest.NextRegister);
        for (int i = 0; i < _registers.Length; i++)
        {
            _registers[i] = new Register { Done = rest.RegisterDone[i] };
        }

        (_firstLoad, _loadCount) = (0, rest.LoadCount);
        for (int i = 0; i < _loadCount; i++)
        {
            _loads[i] = new Load
            {
                Position = rest.LoadPosition[i],
                Program = rest.LoadProgram[i],
                Done = rest.LoadDone[i],
            };
        }

        Stack.Add(StallCause.Memory, checked(state.StallUnits - StallUnits));
        StallUnits = state.StallUnits;
    }
}
