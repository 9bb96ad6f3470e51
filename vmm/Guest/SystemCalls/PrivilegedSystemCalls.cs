using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What only a machine's administrator may do: refused, as the guest's user is none. And the
/// few of these calls that have a case for everybody.</summary>
internal static class PrivilegedSystemCalls
{
    private const string Missing = "EPERM, as for every user that is not root";

    private const int CLONE_FS = 0x200;
    private const int CLONE_FILES = 0x400;
    private const int CLONE_SYSVSEM = 0x4_0000;

    private static readonly (int Number, string Name)[] s_refused =
    [
        (153, "vhangup"), (155, "pivot_root"), (161, "chroot"), (163, "acct"), (165, "mount"),
        (166, "umount2"), (167, "swapon"), (168, "swapoff"), (169, "reboot"), (170, "sethostname"),
        (171, "setdomainname"), (321, "bpf"),
    ];

    public static void Register(SystemCallTable table)
    {
        foreach ((int number, string name) in s_refused)
        {
            table.AddConstant(number, name, -Errno.EPERM, Missing);
        }

        table.AddKernel(272, "unshare", KernelCostClass.Trivial, Unshare, "EPERM for name spaces");
        table.AddConstant(122, "setfsuid", GuestIdentity.UserId);
        table.AddConstant(123, "setfsgid", GuestIdentity.GroupId);
    }

    /// <summary>A process of one thread shares nothing that it could part with.</summary>
    private static SystemCallResult Unshare(KernelCall call)
    {
        const int Own = CLONE_FS | CLONE_FILES | CLONE_SYSVSEM;
        return (call.Int32Argument(0) & ~Own) != 0 ? -Errno.EPERM
            : call.Int32Argument(0) != 0 && call.Process.Threads.Count > 1 ? -Errno.EINVAL
            : 0;
    }
}
