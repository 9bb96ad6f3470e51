using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>From the rip of a block to its host code: a flat array over the first 4 GiB of the guest's
/// window, which indirect branches read inline. 0 means there is none and is also the offset of
/// the code that handles that.</summary>
internal sealed class TargetMap(AddressWindow window) : IDisposable
{
    private const ulong EntriesMax = 1UL << 32;

    private readonly TargetMapMemory _memory = TargetMapMemory.Reserve(window.CodeEnd);
    private readonly ulong _start = window.Start;
    private ulong _lowest = ulong.MaxValue;
    private ulong _highest;

    public ulong Address => _memory.Address;

    /// <summary>The array lies where a 32-bit displacement reaches it.</summary>
    public bool IsNear => Address <= int.MaxValue;

    /// <returns>Offset of the block's indirect entry in the cache, or 0.</returns>
    public uint Find(ulong rip) =>
        rip - _start < EntriesMax ? _memory.Get(rip - _start) : 0;

    public void Add(ulong rip, uint hostOffset)
    {
        ulong offset = rip - _start;
        _memory.Set(offset, hostOffset);
        _lowest = Math.Min(_lowest, offset);
        _highest = Math.Max(_highest, offset);
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
