using System.Text;

namespace Dilaton.Guest;

/// <summary>prctl.</summary>
internal static class ProcessControl
{
    public const string Missing =
        "of seccomp, capabilities and memory checking only the questions; names of memory areas";

    private const int PR_SET_PDEATHSIG = 1;
    private const int PR_GET_PDEATHSIG = 2;
    private const int PR_GET_DUMPABLE = 3;
    private const int PR_SET_DUMPABLE = 4;
    private const int PR_GET_KEEPCAPS = 7;
    private const int PR_SET_NAME = 15;
    private const int PR_GET_NAME = 16;
    private const int PR_GET_SECCOMP = 21;
    private const int PR_CAPBSET_READ = 23;
    private const int PR_GET_TSC = 25;
    private const int PR_SET_TIMERSLACK = 29;
    private const int PR_GET_TIMERSLACK = 30;
    private const int PR_SET_CHILD_SUBREAPER = 36;
    private const int PR_GET_CHILD_SUBREAPER = 37;
    private const int PR_SET_NO_NEW_PRIVS = 38;
    private const int PR_GET_NO_NEW_PRIVS = 39;
    private const int PR_SET_THP_DISABLE = 41;
    private const int PR_GET_THP_DISABLE = 42;
    private const int PR_TSC_ENABLE = 1;
    private const ulong CapabilityMax = 40;
    private const int NameBytes = 16;

    public static SystemCallResult Handle(KernelCall call)
    {
        ProcessTraits traits = call.Process.Traits;
        ulong value = call.Argument(1);
        switch (call.Int32Argument(0))
        {
            case PR_SET_NAME:
                return SetName(call);
            case PR_GET_NAME:
                return GetName(call);
            case PR_GET_DUMPABLE:
                return traits.DumpMode;
            case PR_SET_DUMPABLE:
                traits.DumpMode = value <= 1 ? (int)value : traits.DumpMode;
                return value <= 1 ? 0 : -Errno.EINVAL;
            case PR_GET_NO_NEW_PRIVS:
                return traits.HasNoNewPrivileges ? 1 : 0;
            case PR_SET_NO_NEW_PRIVS:
                traits.HasNoNewPrivileges |= value == 1;
                return value == 1 ? 0 : -Errno.EINVAL;
            case PR_GET_TIMERSLACK:
                return (long)traits.TimerSlackNanoseconds;
            case PR_SET_TIMERSLACK:
                traits.TimerSlackNanoseconds = (long)value > 0
                    ? value
                    : ProcessTraits.DefaultTimerSlackNanoseconds;
                return 0;
            default:
                return HandleFamily(call, traits, value);
        }
    }

    private static SystemCallResult HandleFamily(
        KernelCall call, ProcessTraits traits, ulong value)
    {
        switch (call.Int32Argument(0))
        {
            case PR_SET_PDEATHSIG:
                traits.ParentDeathSignal =
                    value <= Signal.NumberMax ? (int)value : traits.ParentDeathSignal;
                return value <= Signal.NumberMax ? 0 : -Errno.EINVAL;
            case PR_GET_PDEATHSIG:
                return call.Memory.TryWrite(value, traits.ParentDeathSignal) ? 0 : -Errno.EFAULT;
            case PR_SET_CHILD_SUBREAPER:
                traits.IsSubreaper = value != 0;
                return 0;
            case PR_GET_CHILD_SUBREAPER:
                return call.Memory.TryWrite(value, traits.IsSubreaper ? 1 : 0) ? 0 : -Errno.EFAULT;
            case PR_CAPBSET_READ:
                return value <= CapabilityMax ? 0 : -Errno.EINVAL;
            case PR_GET_TSC:
                return call.Memory.TryWrite(value, PR_TSC_ENABLE) ? 0 : -Errno.EFAULT;
            case PR_GET_KEEPCAPS or PR_GET_SECCOMP or PR_SET_THP_DISABLE or PR_GET_THP_DISABLE:
                return 0;
            default:
                return -Errno.EINVAL;
        }
    }

    private static SystemCallResult SetName(KernelCall call)
    {
        Span<byte> name = stackalloc byte[NameBytes];
        int length = 0;
        for (; length < NameBytes - 1; length++)
        {
            if (!call.Memory.TryRead(call.Argument(1) + (ulong)length, out byte letter))
            {
                return -Errno.EFAULT;
            }

            if (letter == 0)
            {
                break;
            }

            name[length] = letter;
        }

        call.Thread.Name = Encoding.UTF8.GetString(name[..length]);
        return 0;
    }

    private static SystemCallResult GetName(KernelCall call)
    {
        byte[] name = new byte[NameBytes];
        byte[] text = Encoding.UTF8.GetBytes(call.Thread.Name);
        text.AsSpan(0, Math.Min(text.Length, NameBytes - 1)).CopyTo(name);
        return call.Memory.TryWrite(call.Argument(1), name) ? 0 : -Errno.EFAULT;
    }
}
