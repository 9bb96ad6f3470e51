namespace Dilaton.Guest;

/// <summary>A system call that a thread made, for the report of its death. Reused: a call allocates
/// nothing.</summary>
internal sealed class CallRecord
{
    private readonly ulong[] _arguments = new ulong[6];
    private int _threadId;
    private string _name = "";
    private long? _result;

    /// <summary>Which call of its process this is, from 1.</summary>
    public long Sequence { get; private set; }

    public void Begin(long sequence, string name, KernelCall call)
    {
        Sequence = sequence;
        _threadId = call.ThreadId;
        _name = name;
        _result = null;
        for (int i = 0; i < _arguments.Length; i++)
        {
            _arguments[i] = call.Argument(i);
        }
    }

    public void End(long result) => _result = result;

    public override string ToString()
    {
        string args = string.Join(
            ", ", _arguments.Take(SystemCallNames.ArgumentCount(_name)).Select(a => $"0x{a:x}"));
        string result = _result switch
        {
            null => "?",
            < 0 and > -4096 => $"-1 ({Native.HostErrno.Describe((int)-_result.Value)})",
            _ => $"0x{_result:x}",
        };
        return $"[{_threadId}] {_name}({args}) = {result}";
    }
}
