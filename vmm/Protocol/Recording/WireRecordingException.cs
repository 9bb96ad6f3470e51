namespace Dilaton.Protocol;

/// <summary>A file is no recording of the wire, or a damaged one.</summary>
public sealed class WireRecordingException(string message) : Exception(message);
