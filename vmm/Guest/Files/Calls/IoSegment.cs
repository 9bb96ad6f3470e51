namespace Dilaton.Guest;

/// <summary>One buffer of guest memory: <c>struct iovec</c>.</summary>
internal readonly record struct IoSegment(ulong Address, ulong LengthBytes);
