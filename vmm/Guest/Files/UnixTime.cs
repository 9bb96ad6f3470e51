namespace Dilaton.Guest;

/// <summary>A file's time stamp: seconds and nanoseconds since 1970.</summary>
internal readonly record struct UnixTime(long Seconds, uint Nanoseconds);
