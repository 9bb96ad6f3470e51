namespace Dilaton.Core;

/// <summary>Index of a guest processor within its node; ties in virtual time go to the lowest.
/// </summary>
public readonly record struct VcpuId(int Index) : IComparable<VcpuId>
{
    public int CompareTo(VcpuId other) => Index.CompareTo(other.Index);

    public static bool operator <(VcpuId a, VcpuId b) => a.Index < b.Index;

    public static bool operator >(VcpuId a, VcpuId b) => a.Index > b.Index;

    public static bool operator <=(VcpuId a, VcpuId b) => a.Index <= b.Index;

    public static bool operator >=(VcpuId a, VcpuId b) => a.Index >= b.Index;

    public override string ToString() => $"vcpu{Index}";
}
