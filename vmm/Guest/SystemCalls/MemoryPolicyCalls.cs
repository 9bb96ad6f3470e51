using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Policies of memory on machines with several nodes of it: this one has one.</summary>
internal static class MemoryPolicyCalls
{
    private const string OneNode = "checked, without an effect: the machine has one memory node";
    private const int PoliciesMax = 6;
    private const int ModeFlags = 0xe000;
    private const int Default = 0;

    public static void Register(SystemCallTable table)
    {
        table.AddKernel(
            238, "set_mempolicy", KernelCostClass.Trivial, c => Check(c.Int32Argument(0)), OneNode);
        table.AddKernel(
            239, "get_mempolicy", KernelCostClass.Trivial, Get, "of the default policy only");
    }

    private static SystemCallResult Check(int mode) =>
        (mode & ~ModeFlags) is < Default or > PoliciesMax ? -Errno.EINVAL : 0;

    private static SystemCallResult Get(KernelCall call)
    {
        ulong mode = call.Argument(0);
        ulong mask = call.Argument(1);
        return call.Argument(4) != 0 || mask != 0 ? -Errno.EINVAL
            : mode == 0 || call.Memory.TryWrite(mode, Default) ? 0
            : -Errno.EFAULT;
    }
}
