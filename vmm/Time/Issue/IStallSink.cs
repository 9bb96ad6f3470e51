namespace Dilaton.Time;

/// <summary>Is told of each stall, and whose it is.</summary>
public interface IStallSink
{
    /// <param name="origin">As <see cref="IssueMiss.Origin"/> of what was waited for; with cause store
    /// buffer, of the store that waited.</param>
    /// <param name="units">Cost units.</param>
    void Stalled(int origin, StallCause cause, ulong units);
}
