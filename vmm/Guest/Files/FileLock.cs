namespace Dilaton.Guest;

/// <summary>A record lock.</summary>
/// <param name="ProcessId">What F_GETLK tells; -1 of an open file.</param>
/// <param name="Type">F_RDLCK, F_WRLCK, or F_UNLCK in a request.</param>
/// <param name="Last">Offset of the last byte; the greatest there is: to the end, wherever that
/// comes to be.</param>
internal sealed record FileLock(object Owner, int ProcessId, short Type, long First, long Last)
{
    public bool Overlaps(FileLock other) => First <= other.Last && other.First <= Last;
}
