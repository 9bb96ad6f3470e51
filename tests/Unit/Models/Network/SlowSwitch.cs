namespace Dilaton.Tests.Unit.Models;

/// <summary>One switch with a link up and down for each node, step by step: every link holds the
/// frames that wait and the one that it sends, and all that happens at a time happens in rounds.
/// Slow, and without a thought shared with the model.</summary>
internal sealed class SlowSwitch(
    int ports, ulong picosecondsPerByte, ulong latency, ulong forwarding, int bufferBytes)
{
    private sealed record Job(int To, int Bytes, uint Number);

    private readonly List<(ulong Time, int Source, uint Order, int Link, Job Job)> _coming = [];
    private readonly List<Job>[] _waiting =
        [.. Enumerable.Range(0, 2 * ports).Select(_ => new List<Job>())];
    private readonly Job?[] _sending = new Job?[2 * ports];
    private readonly ulong[] _endsAt = new ulong[2 * ports];
    private readonly List<string> _arrivals = [];
    private uint _order;

    public List<string> Run(IEnumerable<(ulong Time, int From, int To, int Bytes, uint Number)> sent)
    {
        foreach ((ulong time, int from, int to, int bytes, uint number) in sent)
        {
            _coming.Add((time, from, _order++, from, new Job(to, bytes, number)));
        }

        while (_coming.Count > 0 || _sending.Any(s => s is not null))
        {
            ulong now = _coming.Select(c => c.Time)
                .Concat(Enumerable.Range(0, 2 * ports).Where(l => _sending[l] is not null)
                    .Select(l => _endsAt[l])).Min();
            for (int link = 0; link < 2 * ports; link++)
            {
                End(link, now);
            }

            foreach ((ulong Time, int Source, uint Order, int Link, Job Job) c in _coming
                .Where(c => c.Time == now).OrderBy(c => c.Source).ThenBy(c => c.Order).ToArray())
            {
                _coming.Remove(c);
                Come(c.Link, c.Job, now);
            }
        }

        return _arrivals;
    }

    private void Come(int link, Job job, ulong now)
    {
        if (_sending[link] is null)
        {
            Start(link, job, now);
        }
        else if (_waiting[link].Sum(j => j.Bytes) + job.Bytes <= bufferBytes)
        {
            _waiting[link].Add(job);
        }
    }

    private void Start(int link, Job job, ulong now)
    {
        _sending[link] = job;
        _endsAt[link] = now + ((ulong)job.Bytes * picosecondsPerByte);
    }

    private void End(int link, ulong now)
    {
        if (_sending[link] is not { } job || _endsAt[link] != now)
        {
            return;
        }

        _sending[link] = null;
        if (link < ports)
        {
            _coming.Add((now + latency + forwarding, ports + link, _order++, ports + job.To, job));
        }
        else
        {
            _arrivals.Add($"{now + latency} {job.To} {job.Number}");
        }

        if (_waiting[link].Count > 0)
        {
            Start(link, _waiting[link][0], now);
            _waiting[link].RemoveAt(0);
        }
    }
}
