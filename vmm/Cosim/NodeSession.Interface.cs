using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>A node whose guest has ended, and whose network interface is still up. docs/time.md, 9.8.
/// <code>
///   guest ends ── what is of the network happens still ──┬── nothing is left: frames are waited for
///                        ▲                               │
///                        └─────────── a frame comes ─────┤
///                                                        └── nothing comes any more: over
/// </code></summary>
public sealed partial class NodeSession
{
    private bool _staysUp;

    /// <summary>After the guest's end: when something happens without a frame.</summary>
    private VirtualTime NextFrameEvent => !_staysUp || _queue.Count == 0
        ? VirtualTime.MaxValue
        : VirtualTime.Min(_queue.NextTime, _until);

    /// <summary>At the end: forgets what the guest waited for.</summary>
    private void StayUp()
    {
        _staysUp = _result!.End == NodeEnd.GuestExited && _kernel!.StaysUp;
        if (_staysUp)
        {
            _queue.RemoveAll(action => !action.OutlivesGuest);
        }
    }

    /// <summary>Lets happen what lies before the grant. The guest's clocks and end stay as they are.
    /// </summary>
    private void RunInterface()
    {
        while (_staysUp && !_stopRequested && _queue.Count > 0 && _queue.NextTime < _grant
            && _queue.NextTime < _until)
        {
            INodeEvent action = _queue.Take(out VirtualTime at);
            SetNow(at);
            _eventsFired++;
            action.Fire();
        }

        _staysUp &= IsOpen && !_stopRequested && (_queue.Count == 0 || _queue.NextTime < _until);
    }
}
