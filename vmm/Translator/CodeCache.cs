using System.Buffers.Binary;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>Executable memory that fills from the bottom: stubs first, then blocks. When it is
/// full, its user drops everything above the stubs at once.</summary>
internal sealed class CodeCache : IDisposable
{
    private const int ReserveBytes = 256 << 10;

    private readonly LowMemory _memory;
    private int _stubBytes;

    public CodeCache(TranslatorOptions options) => _memory = LowMemory.Map(
        options.Window.EngineStart,
        options.Window.CodeEnd,
        options.CodeCacheBytes,
        executable: true);

    public int Used { get; private set; }

    public ulong Base => _memory.Address;

    public ulong Here => _memory.Address + (ulong)Used;

    /// <summary>There is room for any one block.</summary>
    public bool HasRoom => Used + ReserveBytes <= _memory.SizeBytes;

    public ulong AddressOf(uint offset) => Base + offset;

    public uint OffsetOf(ulong address) => checked((uint)(address - Base));

    public void Append(ReadOnlySpan<byte> code)
    {
        code.CopyTo(_memory.Span[Used..]);
        Used += (code.Length + 15) & ~15;
    }

    public void KeepStubs() => _stubBytes = Used;

    public void DropBlocks() => Used = _stubBytes;

    /// <summary>Makes the rel32 at <paramref name="offset"/> lead to <paramref name="target"/>.
    /// </summary>
    public void Patch(int offset, ulong target)
    {
        int distance = checked((int)(long)(target - (Base + (ulong)offset + 4)));
        BinaryPrimitives.WriteInt32LittleEndian(_memory.Span[offset..], distance);
    }

    public void Dispose() => _memory.Dispose();
}
