namespace Dilaton.Machine;

/// <summary>What hangs at the other end of a serial line.</summary>
public interface ISerialPeer
{
    /// <summary>The guest has sent a byte. Called from its vCPU's thread.</summary>
    void Receive(byte value);
}
