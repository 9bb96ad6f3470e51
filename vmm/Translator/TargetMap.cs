using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>From the rip of a block to its host code: a flat array over the low 4 GiB of guest
/// addresses, which indirect branches read inline. 0 means there is none and is also the offset of
/// the code that handles that.</summary>
internal sealed class TargetMap : IDisposable
{
    private const ulong PreferredAddress = HostFaultHandler.ArenaEnd;
    private const ulong EntriesMax = 1UL << 32;

    private readonly TargetMapMemory _memory = TargetMapMemory.Reserve(PreferredAddress);
    private ulong _lowest = ulong.MaxValue;
    private ulong _highest;

    public ulong Address => _memory.Address;

    /// <summary>The array lies where a 32-bit displacement reaches it.</summary>
    public bool IsNear => Address <= int.MaxValue;

    /// <returns>Offset of the block's indirect entry in the cache, or 0.</returns>
    public uint Find(ulong rip) => rip < EntriesMax ? _memory.Get(rip) : 0;

    public void Add(ulong rip, uint hostOffset)
    {
        _memory.Set(rip, hostOffset);
        _lowest = Math.Min(_lowest, rip);
        _highest = Math.Max(_highest, rip);
    }

    public void Forget()
    {
        if (_lowest <= _highest)
        {
            _memory.Clear(_lowest, _highest);
        }

        _lowest = ulong.MaxValue;
        _highest = 0;
    }

    public void Dispose() => _memory.Dispose();
}
