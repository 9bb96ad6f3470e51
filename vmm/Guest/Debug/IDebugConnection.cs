namespace Dilaton.Guest;

/// <summary>A debugger's end of the line.</summary>
public interface IDebugConnection
{
    /// <summary>The debugger wants the running guest stopped, or is gone. HOT: per entry of translated
    /// code.</summary>
    bool HasInterrupt { get; }

    /// <summary>Waits until a debugger is there.</summary>
    /// <returns>False if none will come.</returns>
    bool Open();

    /// <summary>Waits for its next packet.</summary>
    /// <returns>Its payload; null if it is gone.</returns>
    byte[]? Receive();

    void Send(ReadOnlySpan<byte> payload);

    /// <summary>From now on nobody acknowledges packets.</summary>
    void StopAcknowledging();

    /// <summary>Forgets that it wants the guest stopped, as it is.</summary>
    void ClearInterrupt();

    /// <summary>Nothing more will be said.</summary>
    void Close();
}
