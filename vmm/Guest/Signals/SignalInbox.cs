namespace Dilaton.Guest;

/// <summary>The signals of the thread whose call is in progress, for descriptors that stand for
/// signals.</summary>
internal sealed class SignalInbox(KernelCall call)
{
    public ReadySource Arrived => call.Process.Signals.Arrived;

    public bool HasAny(ulong signals) => (signals
        & (call.Thread.Signals.Queue.Pending | call.Process.Signals.Queue.Pending)) != 0;

    public bool TryTake(ulong signals, out SignalInfo info) =>
        SignalRouter.TryTake(call.Thread, signals, out info);
}
