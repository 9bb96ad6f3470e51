using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>One vCPU's requests behind the cut whose time is final and whose answer is due, in the
/// order of (At, program). Two columns, so that the model reads the requests where they are.
/// </summary>
internal sealed class OpenRequests
{
    private MemoryRequest[] _requests = new MemoryRequest[64];
    private OpenTicket[] _tickets = new OpenTicket[64];
    private int _head;
    private int _tail;

    public int Count => _tail - _head;

    public ReadOnlySpan<MemoryRequest> All => _requests.AsSpan(_head, _tail - _head);

    public ReadOnlySpan<OpenTicket> Tickets => _tickets.AsSpan(_head, _tail - _head);

    /// <summary>When the first one passes the cut; never, if there is none.</summary>
    public VirtualTime FirstAt => _head == _tail ? VirtualTime.MaxValue : _requests[_head].At;

    /// <summary>How many pass the cut before <paramref name="end"/>.</summary>
    public int CountBefore(VirtualTime end)
    {
        int i = _head;
        while (i < _tail && _requests[i].At < end)
        {
            i++;
        }

        return i - _head;
    }

    /// <summary>HOT: per miss behind the cut.</summary>
    public void Add(in MemoryRequest request, in OpenTicket ticket)
    {
        if (_tail == _requests.Length)
        {
            MakeRoom();
        }

        int at = _tail++;
        while (at > _head && (_requests[at - 1].At > request.At
            || (_requests[at - 1].At == request.At && _tickets[at - 1].Number > ticket.Number)))
        {
            _requests[at] = _requests[at - 1];
            _tickets[at] = _tickets[at - 1];
            at--;
        }

        _requests[at] = request;
        _tickets[at] = ticket;
    }

    /// <summary>Index of the request of this <see cref="OpenTicket.Number"/>; -1 if it is not open.</summary>
    public int IndexOf(ulong number)
    {
        for (int i = _head; i < _tail; i++)
        {
            if (_tickets[i].Number == number)
            {
                return i - _head;
            }
        }

        return -1;
    }

    /// <summary>Those before it move up.</summary>
    public void RemoveAt(int index)
    {
        Array.Copy(_requests, _head, _requests, _head + 1, index);
        Array.Copy(_tickets, _head, _tickets, _head + 1, index);
        RemoveFirst(1);
    }

    public void RemoveFirst(int count)
    {
        _head += count;
        if (_head == _tail)
        {
            _head = _tail = 0;
        }
    }

    private void MakeRoom()
    {
        int count = Count;
        int room = count * 2 > _requests.Length ? _requests.Length * 2 : _requests.Length;
        var requests = new MemoryRequest[room];
        var tickets = new OpenTicket[room];
        All.CopyTo(requests);
        Tickets.CopyTo(tickets);
        (_requests, _tickets, _head, _tail) = (requests, tickets, 0, count);
    }
}
