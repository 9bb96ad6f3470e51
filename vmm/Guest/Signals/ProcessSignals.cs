namespace Dilaton.Guest;

/// <summary>What a process has registered for each signal.</summary>
internal sealed class ProcessSignals
{
    private readonly SignalAction[] _actions = new SignalAction[Signal.NumberMax + 1];

    public ref SignalAction Action(int signal) => ref _actions[signal];
}
