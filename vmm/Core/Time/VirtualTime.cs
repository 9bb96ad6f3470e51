namespace Dilaton.Core;

/// <summary>An instant of the guest's clock: whole picoseconds since power-on, overflow checked.
/// One picosecond is also the default tick of SST and gem5.</summary>
public readonly record struct VirtualTime(ulong Picoseconds) : IComparable<VirtualTime>
{
    public static VirtualTime Zero => default;

    /// <summary>Never: later than any event.</summary>
    public static VirtualTime MaxValue => new(ulong.MaxValue);

    public static VirtualTime FromPicoseconds(ulong count) => new(count);

    public static VirtualTime operator +(VirtualTime t, VirtualDuration d) =>
        new(checked(t.Picoseconds + d.Picoseconds));

    public static VirtualDuration operator -(VirtualTime later, VirtualTime earlier) =>
        new(checked(later.Picoseconds - earlier.Picoseconds));

    public static bool operator <(VirtualTime a, VirtualTime b) => a.Picoseconds < b.Picoseconds;

    public static bool operator >(VirtualTime a, VirtualTime b) => a.Picoseconds > b.Picoseconds;

    public static bool operator <=(VirtualTime a, VirtualTime b) => a.Picoseconds <= b.Picoseconds;

    public static bool operator >=(VirtualTime a, VirtualTime b) => a.Picoseconds >= b.Picoseconds;

    public static VirtualTime Min(VirtualTime a, VirtualTime b) => a <= b ? a : b;

    public static VirtualTime Max(VirtualTime a, VirtualTime b) => a >= b ? a : b;

    public int CompareTo(VirtualTime other) => Picoseconds.CompareTo(other.Picoseconds);

    public override string ToString() => Quantity.FormatDuration(Picoseconds);
}
