using System.Runtime.InteropServices;

namespace Dilaton.Guest;

/// <summary>struct sembuf.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct SemaphoreOperation(ushort Number, short Change, short Flags)
{
    public const int SizeBytes = 6;

    private const int SEM_UNDO = 0x1000;

    public bool IsUndone => (Flags & SEM_UNDO) != 0 && Change != 0;

    public bool MayNotWait => (Flags & IpcObject.IPC_NOWAIT) != 0;
}
