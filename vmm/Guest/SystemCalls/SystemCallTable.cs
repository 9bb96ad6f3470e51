using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Which handler serves which Linux x86-64 system call number, and what it is charged as.
/// </summary>
internal sealed class SystemCallTable
{
    public const int NumberMax = 512;

    private readonly Entry?[] _entries = new Entry?[NumberMax];

    /// <param name="missing">What Linux does there and this handler does not, for the table in
    /// docs/system-calls.md; empty if nothing that is known.</param>
    public void Add(
        int number, string name, KernelCostClass cost, SystemCallHandler handler, string missing = "")
    {
        Invariant.Require(number is >= 0 and < NumberMax && _entries[number] is null);
        _entries[number] = new Entry(name, cost, handler, missing);
    }

    public Entry? Find(ulong number) => number < NumberMax ? _entries[number] : null;

    internal sealed record Entry(
        string Name, KernelCostClass Cost, SystemCallHandler Handler, string Missing);
}
