namespace Dilaton.Guest;

/// <summary>What a process has registered for each signal, and what was sent to all of it.</summary>
internal sealed class ProcessSignals
{
    private readonly SignalAction[] _actions = new SignalAction[Signal.NumberMax + 1];

    /// <summary>For any of its threads.</summary>
    public SignalQueue Queue { get; } = new();

    /// <summary>Tells those who wait for signals by descriptor.</summary>
    public ReadySource Arrived { get; } = new();

    public ref SignalAction Action(int signal) => ref _actions[signal];

    /// <summary>What a child starts with: the same actions, nothing pending.</summary>
    public ProcessSignals Fork()
    {
        ProcessSignals copy = new();
        _actions.CopyTo(copy._actions, 0);
        return copy;
    }

    /// <summary>exec: handlers are gone with their program; what was ignored stays so.</summary>
    public void ForgetHandlers()
    {
        for (int i = 0; i < _actions.Length; i++)
        {
            _actions[i] = _actions[i].HasHandler ? default
                : new SignalAction(_actions[i].Handler, 0, 0, 0);
        }
    }
}
