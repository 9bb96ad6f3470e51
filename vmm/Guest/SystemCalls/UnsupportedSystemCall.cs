namespace Dilaton.Guest;

/// <summary>A system call that the guest made and that Dilaton does not know: it got ENOSYS.
/// </summary>
public sealed record UnsupportedSystemCall(ulong Number, string Name);
