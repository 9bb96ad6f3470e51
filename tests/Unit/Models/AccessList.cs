using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Tests.Unit.Models;

/// <summary>Records of one vCPU, growing, to be applied as a block.</summary>
internal sealed class AccessList(VcpuId vcpu)
{
    private readonly List<ulong> _addresses = [];
    private readonly List<byte> _sizes = [];
    private readonly List<MemoryEventKind> _kinds = [];
    private readonly List<uint> _offsets = [];

    public SuppressedHits Suppressed { get; set; }

    public int Count => _addresses.Count;

    public AccessList Add(MemoryEventKind kind, ulong address, byte size = 1)
    {
        _addresses.Add(address);
        _sizes.Add(size);
        _kinds.Add(kind);
        _offsets.Add((uint)_offsets.Count);
        return this;
    }

    public void Apply(CacheHierarchy caches, MissBuffer misses)
    {
        MemoryEventBlock block = new()
        {
            Vcpu = vcpu,
            Addresses = _addresses.ToArray(),
            Sizes = _sizes.ToArray(),
            Kinds = _kinds.ToArray(),
            Offsets = _offsets.ToArray(),
            Suppressed = Suppressed,
        };
        caches.Access(block, misses);
        _addresses.Clear();
        _sizes.Clear();
        _kinds.Clear();
        _offsets.Clear();
        Suppressed = default;
    }
}
