namespace Dilaton.Native;

/// <summary>The host refused something that Dilaton can't go on without.</summary>
public sealed class NativeCallException(string call, string subject, int errno)
    : Exception($"{call} on {subject} failed: {HostErrno.Describe(errno)}")
{
    public int Errno { get; } = errno;
}
