namespace Dilaton.Core;

/// <summary>Where an engine puts its vCPUs' memory records.</summary>
public interface IMemoryEventSink
{
    /// <summary>Called on the vCPU's thread between guest code and the return of
    /// <see cref="IVcpu.Run"/>, once or more per slice. The spans die with the call. HOT.</summary>
    void Append(in MemoryEventBlock block);
}
