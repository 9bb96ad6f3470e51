namespace Dilaton.Native;

/// <summary>A range of guest addresses, <see cref="End"/> exclusive.</summary>
public readonly record struct GuestRegion(ulong Start, ulong End)
{
    public ulong LengthBytes => End - Start;
}
