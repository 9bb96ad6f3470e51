namespace Dilaton.Machine;

/// <summary>A system guest can't be started as it was given: its files, or what it is to have.</summary>
public sealed class ImageException(string message) : Exception(message);
