namespace Dilaton.Core;

/// <summary>The host's clock, as a node of `time.base: wall` follows it. docs/time.md, 12.12.</summary>
public interface IHostPace
{
    /// <summary>Since <see cref="Begin"/>, without what the process was stopped for and without what was
    /// held. Never goes back; may stand for a moment while it is not known whether the process was
    /// stopped.</summary>
    ulong Nanoseconds { get; }

    /// <summary>Starts the clock, the first time.</summary>
    void Begin();

    /// <summary>Returns when the clock shows so much.</summary>
    void WaitUntil(ulong nanoseconds);

    /// <summary>The clock stands until <see cref="Resume"/>.</summary>
    void Hold();

    void Resume();
}
