using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Registration of handlers that need the node kernel itself.</summary>
internal static class SystemCallTableExtensions
{
    public static void AddKernel(
        this SystemCallTable table,
        int number,
        string name,
        KernelCostClass cost,
        Func<KernelCall, SystemCallResult> handler,
        string missing = "") =>
        table.Add(number, name, cost, call => handler((KernelCall)call), missing);

    /// <summary>A call that always answers the same.</summary>
    public static void AddConstant(
        this SystemCallTable table, int number, string name, long result, string missing = "") =>
        table.Add(number, name, KernelCostClass.Trivial, _ => result, missing);
}
