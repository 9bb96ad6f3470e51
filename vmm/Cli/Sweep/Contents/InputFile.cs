namespace Dilaton.Cli;

/// <summary>A file that a point's job names, as it was when it was read.</summary>
/// <param name="Path">Of the host.</param>
/// <param name="SizeBytes">When it was read.</param>
/// <param name="Modified">Its time of change, in units of 100 ns of UTC.</param>
/// <param name="Hash">SHA-256 of its contents, or "unreadable".</param>
internal sealed record InputFile(string Path, long SizeBytes, long Modified, string Hash);
