namespace Dilaton.Guest;

/// <summary>What a system call handler says: a value for rax, or that the thread must wait.
/// </summary>
internal readonly struct SystemCallResult
{
    private SystemCallResult(long value, WaitRequest? wait)
    {
        Value = value;
        Wait = wait;
    }

    /// <summary>For rax: a result, or a negated <see cref="Errno"/>.</summary>
    public long Value { get; }

    /// <summary>Set if the thread blocks; the handler is called again when it wakes.</summary>
    public WaitRequest? Wait { get; }

    public static SystemCallResult Block(WaitRequest wait) => new(0, wait);

    public static implicit operator SystemCallResult(long value) => new(value, null);

    public static SystemCallResult FromInt64(long value) => new(value, null);
}
