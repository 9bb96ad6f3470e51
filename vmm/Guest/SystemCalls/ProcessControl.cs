using System.Text;

namespace Dilaton.Guest;

/// <summary>prctl.</summary>
internal static class ProcessControl
{
    private const int PR_SET_PDEATHSIG = 1;
    private const int PR_GET_DUMPABLE = 3;
    private const int PR_SET_DUMPABLE = 4;
    private const int PR_GET_KEEPCAPS = 7;
    private const int PR_SET_NAME = 15;
    private const int PR_GET_NAME = 16;
    private const int PR_GET_SECCOMP = 21;
    private const int PR_CAPBSET_READ = 23;
    private const int PR_SET_TIMERSLACK = 29;
    private const int PR_GET_TIMERSLACK = 30;
    private const int PR_SET_NO_NEW_PRIVS = 38;
    private const int PR_GET_NO_NEW_PRIVS = 39;
    private const int PR_SET_THP_DISABLE = 41;
    private const int NameBytes = 16;
    private const int DefaultTimerSlackNanoseconds = 50_000;

    public static SystemCallResult Handle(KernelCall call) => call.Int32Argument(0) switch
    {
        PR_SET_NAME => SetName(call),
        PR_GET_NAME => GetName(call),
        PR_GET_DUMPABLE or PR_GET_NO_NEW_PRIVS => 1,
        PR_GET_TIMERSLACK => DefaultTimerSlackNanoseconds,
        PR_SET_PDEATHSIG or PR_SET_DUMPABLE or PR_GET_KEEPCAPS or PR_GET_SECCOMP
            or PR_CAPBSET_READ or PR_SET_TIMERSLACK or PR_SET_NO_NEW_PRIVS
            or PR_SET_THP_DISABLE => 0,
        _ => -Errno.EINVAL,
    };

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
