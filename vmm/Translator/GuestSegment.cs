namespace Dilaton.Translator;

/// <summary>Which segment base an address has.</summary>
internal enum GuestSegment : byte
{
    None,
    Fs,
    Gs,
}
