namespace Dilaton.Native;

/// <summary>Which segment base an address has.</summary>
public enum GuestSegment : byte
{
    None,
    Fs,
    Gs,
}
