namespace Dilaton.Guest;

/// <summary>What lies behind a memory area.</summary>
internal enum AreaKind
{
    Anonymous,
    Heap,
    Stack,

    /// <summary>A private mapping: its own copy of the file's bytes.</summary>
    PrivateFile,

    /// <summary>A shared mapping of a host file.</summary>
    SharedFile,

    /// <summary>A device's window: closed to guest code on the host.</summary>
    Window,
}
