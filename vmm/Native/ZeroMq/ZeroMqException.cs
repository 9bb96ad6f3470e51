namespace Dilaton.Native;

/// <summary>libzmq refused a call, or is not there.</summary>
public sealed class ZeroMqException : Exception
{
    public ZeroMqException(string call, string subject, int errno)
        : base($"{call} on {subject} failed: {ZeroMqLibrary.Describe(errno)}") => Errno = errno;

    public ZeroMqException(string library)
        : base($"{library} can't be loaded: install libzmq (on Debian and Ubuntu: the package "
            + "libzmq5)")
    {
    }

    /// <summary>The host's error number, or one of libzmq's own; 0 if the library is missing.
    /// </summary>
    public int Errno { get; }
}
