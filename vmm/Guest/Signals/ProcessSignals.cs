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
}
