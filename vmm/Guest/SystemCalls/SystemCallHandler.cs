namespace Dilaton.Guest;

/// <summary>One system call. A handler that blocks is called again from the start when its thread
/// wakes, so it changes nothing before it blocks.</summary>
internal delegate SystemCallResult SystemCallHandler(SystemCallContext call);
