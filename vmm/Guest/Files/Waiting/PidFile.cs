namespace Dilaton.Guest;

/// <summary>A pidfd (pidfd_open(2)): a process by a descriptor, whatever becomes of its id.</summary>
internal sealed class PidFile(Inode inode, int flags, GuestProcess process)
    : OpenFile(inode, flags, "anon_inode:[pidfd]")
{
    public GuestProcess Process { get; } = process;

    public override bool IsPollable => true;

    public override ReadySource? ReadReady => Process.Ended;

    /// <summary>Readable once it has ended; hung up once its parent has waited for it.</summary>
    public override PollEvents Poll() =>
        Process.End is null ? PollEvents.None
        : PollEvents.In | PollEvents.ReadNormal
            | (Process.IsReaped ? PollEvents.HangUp : PollEvents.None);
}
