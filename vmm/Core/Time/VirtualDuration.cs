namespace Dilaton.Core;

/// <summary>A span of the guest's clock in whole picoseconds; never negative, overflow checked.</summary>
public readonly record struct VirtualDuration(ulong Picoseconds) : IComparable<VirtualDuration>
{
    public static VirtualDuration Zero => default;

    public static VirtualDuration MaxValue => new(ulong.MaxValue);

    public static VirtualDuration FromPicoseconds(ulong count) => new(count);

    public static VirtualDuration FromNanoseconds(ulong count) => new(checked(count * 1_000));

    public static VirtualDuration FromMicroseconds(ulong count) => new(checked(count * 1_000_000));

    public static VirtualDuration FromMilliseconds(ulong count) =>
        new(checked(count * 1_000_000_000));

    public static VirtualDuration FromSeconds(ulong count) =>
        new(checked(count * 1_000_000_000_000));

    public static VirtualDuration operator +(VirtualDuration a, VirtualDuration b) =>
        new(checked(a.Picoseconds + b.Picoseconds));

    public static VirtualDuration operator -(VirtualDuration a, VirtualDuration b) =>
        new(checked(a.Picoseconds - b.Picoseconds));

    public static bool operator <(VirtualDuration a, VirtualDuration b) =>
        a.Picoseconds < b.Picoseconds;

    public static bool operator >(VirtualDuration a, VirtualDuration b) =>
        a.Picoseconds > b.Picoseconds;

    public static bool operator <=(VirtualDuration a, VirtualDuration b) =>
        a.Picoseconds <= b.Picoseconds;

    public static bool operator >=(VirtualDuration a, VirtualDuration b) =>
        a.Picoseconds >= b.Picoseconds;

    public int CompareTo(VirtualDuration other) => Picoseconds.CompareTo(other.Picoseconds);

    public override string ToString() => Quantity.FormatDuration(Picoseconds);
}
