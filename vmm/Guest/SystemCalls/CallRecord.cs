namespace Dilaton.Guest;

/// <summary>A system call that a thread made, for the report of its death.</summary>
internal sealed class CallRecord(int threadId, string name, ulong[] arguments)
{
    public int ThreadId { get; } = threadId;

    /// <summary>Null until it has returned.</summary>
    public long? Result { get; set; }

    public override string ToString()
    {
        string args = string.Join(", ", arguments.Select(a => $"0x{a:x}"));
        string result = Result switch
        {
            null => "?",
            < 0 and > -4096 => $"-1 ({Native.HostErrno.Describe((int)-Result.Value)})",
            _ => $"0x{Result:x}",
        };
        return $"[{ThreadId}] {name}({args}) = {result}";
    }
}
