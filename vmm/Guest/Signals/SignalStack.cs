using System.Runtime.InteropServices;

namespace Dilaton.Guest;

/// <summary>The kernel's stack_t: a thread's alternate signal stack (sigaltstack(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct SignalStack
{
    public const int SizeBytes = 24;

    private const uint SS_ONSTACK = 1;
    private const uint SS_DISABLE = 2;
    private const uint SS_AUTODISARM = 0x8000_0000;
    private const ulong BytesMin = 2048;

    public ulong Address { get; init; }

    public uint Flags { get; init; }

    private uint Padding { get; init; }

    public ulong Bytes { get; init; }

    public static SignalStack None { get; } = new() { Flags = SS_DISABLE };

    /// <summary>It is given up while a handler runs on it.</summary>
    public bool DisarmsItself => (Flags & SS_AUTODISARM) != 0;

    public ulong Top => unchecked(Address + Bytes);

    public bool Contains(ulong stackPointer) =>
        stackPointer > Address && stackPointer - Address <= Bytes;

    /// <summary>A handler runs on it, so that it can't be changed.</summary>
    public bool IsInUse(ulong stackPointer) => !DisarmsItself && Contains(stackPointer);

    /// <summary>A handler that is to run on it begins at its top.</summary>
    public bool IsFree(ulong stackPointer) => Bytes > 0 && !IsInUse(stackPointer);

    /// <summary>What sigaltstack tells.</summary>
    public SignalStack Shown(ulong stackPointer) => this with
    {
        Flags = (Flags & SS_AUTODISARM)
            | (Bytes == 0 ? SS_DISABLE : IsInUse(stackPointer) ? SS_ONSTACK : 0),
        Padding = 0,
    };

    /// <summary>Takes the place of this one.</summary>
    /// <returns>0 or an <see cref="Errno"/>.</returns>
    public int TryReplace(in SignalStack wanted, ulong stackPointer, out SignalStack replaced)
    {
        replaced = this;
        uint mode = wanted.Flags & ~SS_AUTODISARM;
        if (IsInUse(stackPointer))
        {
            return Errno.EPERM;
        }

        if (mode is not (0 or SS_ONSTACK or SS_DISABLE))
        {
            return Errno.EINVAL;
        }

        if (mode != SS_DISABLE && wanted.Bytes < BytesMin)
        {
            return Errno.ENOMEM;
        }

        replaced = mode == SS_DISABLE
            ? new SignalStack { Flags = wanted.Flags }
            : wanted with { Padding = 0 };
        return 0;
    }
}
