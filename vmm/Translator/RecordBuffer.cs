using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>The contexts of a node's vCPUs and, behind them, the buffer that whichever of them runs
/// records into. Code reaches the buffer through GS, which points to the context, so that 32 bits of
/// a cursor are enough in every window.</summary>
internal sealed class RecordBuffer : IDisposable
{
    private const int BufferBytes = 4 << 20;

    private readonly LowMemory _memory;
    private readonly VcpuContext[] _contexts;
    private readonly int _firstWord;

    public RecordBuffer(AddressWindow window, int vcpuCount)
    {
        int contextBytes = vcpuCount * VcpuContextLayout.SizeBytes;
        _firstWord = contextBytes / sizeof(ulong);
        _memory = LowMemory.Map(
            window.EngineStart, window.CodeEnd, contextBytes + BufferBytes, executable: false);
        _contexts = new VcpuContext[vcpuCount];
        for (int i = 0; i < vcpuCount; i++)
        {
            _contexts[i] = new VcpuContext(_memory, i * VcpuContextLayout.SizeBytes);
        }
    }

    public VcpuContext ContextOf(VcpuId vcpu) => _contexts[vcpu.Index];

    /// <summary>The cursor of an empty buffer.</summary>
    public uint StartFor(VcpuContext vcpu) =>
        (uint)(_memory.Address + ((ulong)_firstWord * sizeof(ulong)) - vcpu.Address);

    /// <summary>What lies before the cursor.</summary>
    public ReadOnlySpan<ulong> Written(VcpuContext vcpu) =>
        _memory.Words.Slice(_firstWord, WordsBefore(vcpu));

    /// <summary>The word at the cursor.</summary>
    public ref ulong Next(VcpuContext vcpu) => ref _memory.Words[_firstWord + WordsBefore(vcpu)];

    public void Dispose() => _memory.Dispose();

    private int WordsBefore(VcpuContext vcpu) =>
        (int)(((uint)vcpu.Counter - StartFor(vcpu)) / sizeof(ulong));
}
