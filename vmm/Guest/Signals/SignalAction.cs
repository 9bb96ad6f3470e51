namespace Dilaton.Guest;

/// <summary>The kernel's struct sigaction on x86-64, 32 bytes (rt_sigaction(2)).</summary>
internal readonly record struct SignalAction(
    ulong Handler, ulong Flags, ulong Restorer, ulong Mask)
{
    public const int SizeBytes = 32;
    public const ulong Default = 0;
    public const ulong Ignore = 1;

    private const ulong SA_NOCLDSTOP = 1;
    private const ulong SA_NOCLDWAIT = 2;
    private const ulong SA_SIGINFO = 4;
    private const ulong SA_EXPOSE_TAGBITS = 0x800;
    private const ulong SA_RESTORER = 0x0400_0000;
    private const ulong SA_ONSTACK = 0x0800_0000;
    private const ulong SA_RESTART = 0x1000_0000;
    private const ulong SA_NODEFER = 0x4000_0000;
    private const ulong SA_RESETHAND = 0x8000_0000;

    private const ulong KnownFlags = SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_EXPOSE_TAGBITS
        | SA_RESTORER | SA_ONSTACK | SA_RESTART | SA_NODEFER | SA_RESETHAND;

    public bool HasHandler => Handler is not (Default or Ignore);

    public bool WantsInfo => (Flags & SA_SIGINFO) != 0;

    public bool HasRestorer => (Flags & SA_RESTORER) != 0;

    /// <summary>The handler runs on the alternate stack.</summary>
    public bool UsesStack => (Flags & SA_ONSTACK) != 0;

    public bool Restarts => (Flags & SA_RESTART) != 0;

    /// <summary>The handler may be interrupted by its own signal.</summary>
    public bool IsReentrant => (Flags & SA_NODEFER) != 0;

    /// <summary>The handler runs once.</summary>
    public bool IsOnce => (Flags & SA_RESETHAND) != 0;

    /// <summary>As the kernel keeps it: flags it does not know are how a program finds that out.
    /// </summary>
    public SignalAction Kept() =>
        this with { Flags = Flags & KnownFlags, Mask = Mask & ~Signal.Unblockable };

    /// <summary>Of SIGCHLD: told of children that stop and go on too.</summary>
    public bool HearsOfStops => Handler != Ignore && (Flags & SA_NOCLDSTOP) == 0;

    /// <summary>Of SIGCHLD: children that end are not waited for.</summary>
    public bool ReapsChildren => Handler == Ignore || (Flags & SA_NOCLDWAIT) != 0;

    public bool Ignores(int signal) => Handler == Ignore
        || (Handler == Default && Signal.IsIgnoredByDefault(signal));
}
