namespace Dilaton.Guest;

/// <summary>Bytes that are no line table.</summary>
internal sealed class DwarfException(string reason) : Exception(reason);
