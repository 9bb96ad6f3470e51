namespace Dilaton.Guest;

/// <summary>The last system calls of a process.</summary>
internal sealed class CallLog
{
    private const int CallsKept = 16;

    private readonly CallRecord[] _records = new CallRecord[CallsKept];
    private long _count;

    public CallLog()
    {
        for (int i = 0; i < _records.Length; i++)
        {
            _records[i] = new CallRecord();
        }
    }

    /// <summary>Oldest first.</summary>
    public IEnumerable<CallRecord> Last =>
        _records.Where(r => r.Sequence > 0).OrderBy(r => r.Sequence);

    /// <returns>A ticket for <see cref="End"/>.</returns>
    public long Begin(string name, KernelCall call)
    {
        _count++;
        _records[_count % CallsKept].Begin(_count, name, call);
        return _count;
    }

    /// <summary>The call has returned; forgotten if others have taken its place.</summary>
    public void End(long ticket, long result)
    {
        CallRecord record = _records[ticket % CallsKept];
        if (record.Sequence == ticket)
        {
            record.End(result);
        }
    }
}
