namespace Dilaton.Guest;

/// <summary>What a line discipline acts on: the other end of its line, and its jobs.</summary>
internal interface ILineSink
{
    /// <summary>Echo, for the other end.</summary>
    void Echo(ReadOnlySpan<byte> bytes);

    /// <summary>A character asked for a signal to the jobs in the foreground.</summary>
    void Raise(int signal);

    /// <summary>There is more to read.</summary>
    void InputReady();

    /// <summary>Output stops (^S) or goes on (^Q).</summary>
    void FlowChanged(bool isStopped);

    /// <summary>What was typed ahead is forgotten.</summary>
    void InputFlushed();
}
