namespace Dilaton.Core;

/// <summary>Learns that guest memory changed under an engine; called while no vCPU of the node
/// runs.</summary>
public interface ICodeObserver
{
    /// <summary>Translations of code in the range are stale.</summary>
    void CodeChanged(ulong start, ulong lengthBytes);

    /// <summary>Cached translations of addresses and filter entries in the range are stale.
    /// </summary>
    void MappingChanged(ulong start, ulong lengthBytes);

    /// <summary>The guest may now access the pages of the range in another way.</summary>
    void ProtectionChanged(ulong start, ulong lengthBytes)
    {
    }

    /// <summary>The address space is gone: nothing runs in it any more.</summary>
    void Ended()
    {
    }
}
