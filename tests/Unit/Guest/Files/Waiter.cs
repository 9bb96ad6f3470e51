using Dilaton.Guest;

namespace Dilaton.Tests.Unit.Guest.Files;

/// <summary>A thread that stands in the queues of a wait request.</summary>
internal sealed class Waiter : IWaiter
{
    private WaitRequest? _request;

    public bool IsWoken { get; private set; }

    public void Enter(WaitRequest request)
    {
        _request = request;
        IsWoken = false;
        foreach (WaitQueue queue in request.Queues)
        {
            queue.Add(this);
        }
    }

    public void Woken(WaitQueue queue)
    {
        IsWoken = true;
        foreach (WaitQueue other in _request!.Queues)
        {
            other.Remove(this);
        }
    }
}
